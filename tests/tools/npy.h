/* SPDX-License-Identifier: Apache-2.0
 *
 * Little-endian float32 .npy files of version 1, in C order: what the tools exchange with NumPy.
 */
#ifndef KIN_TESTS_NPY_H
#define KIN_TESTS_NPY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/tensor.h"

/* The numbers, for free(); NULL when it is no such file. */
static inline float *read_npy(const char *path, kin_shape *shape)
{
    unsigned char head[10];
    char          text[4096], *at;
    FILE         *f = fopen(path, "rb");
    float        *data = NULL;
    size_t        length, count = 1;
    if (!f) return NULL;
    if (fread(head, 1, 10, f) == 10 && !memcmp(head, "\x93NUMPY\x01", 7) &&
        (length = head[8] | (size_t)head[9] << 8) < sizeof text && fread(text, 1, length, f) == length) {
        text[length] = '\0';
        shape->rank = 0;
        at = strstr(text, "'shape': (");
        if (at && strstr(text, "'<f4'") && strstr(text, "False")) {
            for (at += 10; shape->rank < KIN_RANK_MAX && *at && *at != ')';) {
                shape->dim[shape->rank] = strtoll(at, &at, 10);
                count *= (size_t)shape->dim[shape->rank++];
                at += strspn(at, ", ");
            }
            data = malloc(count * sizeof *data);
            if (data && fread(data, sizeof *data, count, f) != count) {
                free(data);
                data = NULL;
            }
        }
    }
    fclose(f);
    return data;
}

/* 0: written. */
static inline int write_npy(const char *path, const kin_tensor *t)
{
    char   text[512], padded[576];
    size_t n = (size_t)snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < t->shape.rank; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%lld,", (long long)t->shape.dim[i]);
    snprintf(text + n, sizeof text - n, "), }");
    size_t length = (strlen(text) + 1 + 10 + 63) / 64 * 64 - 10;
    snprintf(padded, sizeof padded, "%-*s\n", (int)length - 1, text);
    FILE *f = fopen(path, "wb");
    if (!f) return -1;
    fwrite("\x93NUMPY\x01\0", 1, 8, f);
    fputc((int)(length & 255), f);
    fputc((int)(length >> 8), f);
    fwrite(padded, 1, length, f);
    fwrite(t->data, sizeof(float), kin_count(&t->shape), f);
    return fclose(f);
}

#endif
