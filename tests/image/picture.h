/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of picture files share: a context a test, the files of tests/image/data, the picture that most of them hold.
 */
#ifndef KIN_TESTS_IMAGE_PICTURE_H
#define KIN_TESTS_IMAGE_PICTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "os/files.h"
#include "pixels/pixels.h"
#include "support/cmocka.h"

static kin_context *ctx;

static int setup(void **state)
{
    (void)state;
    return !(ctx = kin_context_new(&(kin_options){.threads = 1}));
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(ctx->memory, 0);
    kin_context_free(ctx);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#ifndef PICTURES
#define PICTURES "tests/image/data" /* test_formats.c has its own folder */
#endif

/* The path of a file there, until the next call. */
static inline const char *data(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/" PICTURES "/%s", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".", name);
    return path;
}

static inline void load(const char *name, uint8_t **bytes, size_t *size)
{
    if (kin_file_read(ctx, data(name), 0, bytes, size) != KIN_OK) fail_msg("%s", kin_error(ctx));
}

/* The picture of scripts/make-pictures.py, 48 x 32, each pixel `times` as wide and high. */
static inline kin_image *ramp(int times)
{
    kin_image *image;
    assert_int_equal(kin_pixels_new(ctx, 48 * times, 32 * times, &image), KIN_OK);
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            uint8_t *p = kin_pixels_row(image, y) + x * 3;
            int      u = x / times, v = y / times;
            p[0] = (uint8_t)(u * 5);
            p[1] = (uint8_t)(v * 7);
            p[2] = (uint8_t)((u + 2 * v) * 2);
        }
    return image;
}

static inline void assert_same(const kin_image *a, const kin_image *b, int most, const char *name)
{
    if (a->width != b->width || a->height != b->height)
        fail_msg("%s: %d x %d, expected %d x %d", name, a->width, a->height, b->width, b->height);
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width * 3; x++) {
            int d = abs(kin_pixels_row(a, y)[x] - kin_pixels_row(b, y)[x]);
            if (d > most) fail_msg("%s: off by %d at row %d, byte %d, allowed are %d", name, d, y, x, most);
        }
}

#endif
