/* SPDX-License-Identifier: Apache-2.0
 *
 * Goldens of networks: a sample of each tensor and its largest value, for a picture made by a formula (models/README.md).
 */
#ifndef KIN_TESTS_SAMPLED_H
#define KIN_TESTS_SAMPLED_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/tensor.h"
#include "support/cmocka.h"

/* The file with a NUL behind, for free(); NULL when there is none. */
static inline void *read_whole(const char *folder, const char *name, size_t *size)
{
    char  path[4096];
    char *root = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/%s/%s", root ? root : ".", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    bytes[*size] = '\0';
    fclose(f);
    return bytes;
}

/* The picture of the goldens, by its formula. */
static inline void fill(float *to, const kin_shape *s)
{
    for (int64_t n = 0; n < s->dim[0]; n++)
        for (int64_t y = 0; y < s->dim[1]; y++)
            for (int64_t x = 0; x < s->dim[2]; x++)
                for (int64_t c = 0; c < s->dim[3]; c++) {
                    int64_t a = y / 8 * 31 + x / 8;
                    *to++ = (float)((7 * a * a + 13 * a + 40 * c + 101 * n) % 256);
                }
}

static inline const char *next_line(const char *at)
{
    at = strchr(at, '\n');
    return at ? at + 1 : "";
}

/* One tensor of the golden file; the layer's error over its largest value. */
static inline void check_tensor(const kin_tensor *t, const char *line, const char *what)
{
    char       *at = (char *)line;
    const float *v = t->data;
    long         number = strtol(at + strlen("tensor "), &at, 10);
    kin_shape    shape = {.rank = (int)strtol(at, &at, 10)};
    for (int d = 0; d < shape.rank; d++) shape.dim[d] = strtoll(at, &at, 10);
    double largest = strtod(at, &at), found = 0, count = (double)kin_count(&shape);
    if (!kin_shape_equal(&shape, &t->shape)) fail_msg("%s: tensor %ld has another shape", what, number);
    for (size_t i = 0; i < (size_t)count; i++) found = fmax(found, fabs((double)v[i]));
    if (!(fabs(found - largest) <= 1e-4 * largest))
        fail_msg("%s: tensor %ld: largest value %g, expected %g", what, number, found, largest);
    at = (char *)next_line(line);
    for (uint64_t k = 0; k < 64; k++) {
        double expected = strtod(at, &at), is = (double)v[k * 2654435761u % (uint64_t)count];
        if (!(fabs(is - expected) <= 1e-4 * largest))
            fail_msg("%s: tensor %ld, sample %d: %g, expected %g of %g", what, number, (int)k, is, expected, largest);
    }
}

#endif
