/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of learn share: a folder of their own, small pictures in it, a card for them.
 */
#ifndef KIN_TESTS_LEARN_PEOPLE_H
#define KIN_TESTS_LEARN_PEOPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "learn/loader.h"
#include "os/files.h"
#include "support/cmocka.h"

enum { SIDE = 16, ROW = SIDE * 3, CROP = ROW * SIDE };

static kin_context ctx;
static char        folder[200];

static const kin_card small_card = {.kind = KIN_CARD_CLASSIFIER, .width = SIDE, .height = SIDE, .mean = {127.5f, 127.5f, 127.5f},
                                    .scale = {128, 128, 128}, .align = KIN_ALIGN_FIVE_POINTS};

static inline int fresh(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    snprintf(folder, sizeof folder, "%s/kin-learn-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int clean(void **state)
{
    (void)state;
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) return -1;
    return ctx.memory == 0 ? 0 : -1; /* nothing may leak */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, clean)

/* "FOLDER/name", valid until the next call but three. */
static inline const char *in_folder(const char *name)
{
    static char path[4][500];
    static int  turn;
    snprintf(path[++turn & 3], sizeof path[0], "%s/%s", folder, name);
    return path[turn & 3];
}

static inline void make_parents(const char *path)
{
    char parent[500];
    snprintf(parent, sizeof parent, "%s", path);
    *strrchr(parent, '/') = '\0';
    assert_int_equal(kin_folder_make(&ctx, parent), KIN_OK);
}

static inline void write_bytes(const char *name, const char *bytes, size_t size)
{
    make_parents(in_folder(name));
    FILE *f = fopen(in_folder(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

/* Random pixels that are the file's own. */
static inline void paint(uint64_t number, kin_image *image)
{
    kin_random random = kin_random_make(99, number);
    for (size_t i = 0; i < image->stride * (size_t)image->height; i++) image->data[i] = (uint8_t)kin_random_u64(&random);
}

static inline void write_picture(const char *name, uint64_t number, int width, int height)
{
    kin_image *image;
    make_parents(in_folder(name));
    assert_int_equal(kin_pixels_new(&ctx, width, height, &image), KIN_OK);
    paint(number, image);
    if (kin_image_write(&ctx, image, in_folder(name)) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    kin_image_free(image);
}

/* `people` folders "p0" ... with `photos` crops each, numbered through. */
static inline void write_people(int people, int photos)
{
    char name[40];
    for (int i = 0; i < people * photos; i++) {
        snprintf(name, sizeof name, "p%d/%d.png", i / photos, i % photos);
        write_picture(name, (uint64_t)i, SIDE, SIDE);
    }
}

static inline kin_dataset *open_set(kin_context *on, const kin_dataset_options *options, uint64_t cache_bytes)
{
    kin_dataset        *set;
    kin_prepare_options how = {.card = &small_card, .cache_bytes = cache_bytes};
    if (kin_dataset_open(on, folder, options, &set) != KIN_OK || kin_dataset_prepare(set, &how) != KIN_OK)
        fail_msg("%s", kin_error(on));
    return set;
}

#endif
