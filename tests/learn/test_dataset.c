/* SPDX-License-Identifier: Apache-2.0
 *
 * Folders to labels, crops and parts: as Keras lists them (scripts/golden-learn.py), with what cannot be used named.
 */
#include "learn/people.h"
#include "face/crop.h"
#include "support/oom.h"

/* --- listing --- */

static void test_order_is_keras(void **state)
{
    (void)state;
    enum { MOST = 64 };
    char path[500], line[200], names[MOST][200];
    int  labels[MOST];
    snprintf(path, sizeof path, "%s/tests/learn/data/keras-files.txt", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t count = 0;
    while (fgets(line, sizeof line, f) && count < MOST)
        assert_int_equal(sscanf(line, "%d %199[^\n]", &labels[count], names[count]), 2), count++;
    fclose(f);
    assert_true(count > 20);
    for (size_t i = count; i-- > 0;) write_bytes(names[i], "x", 1);
    write_bytes("anna/.hidden.png", "x", 1);
    write_bytes("anna/notes.txt", "x", 1);
    write_bytes(".git/1.png", "x", 1);
    kin_dataset *set;
    for (int slash = 0; slash < 3; slash++) {
        char dir[300];
        snprintf(dir, sizeof dir, "%s%.*s", folder, slash, "//");
        assert_int_equal(kin_dataset_open(&ctx, dir, NULL, &set), KIN_OK);
        assert_int_equal(set->count, count);
        for (size_t i = 0; i < count; i++) {
            const char *got = set->sample[i].path + strlen(folder);
            got += strspn(got, "/");
            if (strcmp(got, names[i]) != 0 || (int)set->sample[i].label != labels[i])
                fail_msg("place %zu: %zu %s, Keras has %d %s", i, set->sample[i].label, got, labels[i], names[i]);
            assert_memory_equal(names[i], set->name[labels[i]], strlen(set->name[labels[i]]));
        }
        assert_string_equal(set->name[set->unknown], "unknown");
        assert_int_equal(set->notes, 0);
        kin_dataset_free(set);
    }
}

static void test_what_is_passed_over(void **state)
{
    (void)state;
    kin_dataset *set;
    write_people(2, 2);
    write_bytes("loose.jpg", "x", 1);
    assert_int_equal(kin_dataset_open(&ctx, folder, NULL, &set), KIN_OK);
    assert_int_equal(set->count, 4);
    assert_int_equal(set->classes, 2);
    assert_true(set->unknown == SIZE_MAX);
    assert_int_equal(set->notes, 1);
    assert_non_null(strstr(set->note[0], "passed over 1 picture in no person's folder"));
    kin_dataset_free(set);
    assert_int_equal(kin_dataset_open(&ctx, folder, &(kin_dataset_options){.unknown = "p1"}, &set), KIN_OK);
    assert_int_equal(set->unknown, 1);
    kin_dataset_free(set);

    static const struct {
        const char         *dir;
        kin_dataset_options options;
        kin_status          status;
        const char         *says;
    } cases[] = {
        {"", {.unknown = "nobody"}, KIN_E_NOT_FOUND, "no folder 'nobody'"},
        {"none", {0}, KIN_E_NOT_FOUND, "none: cannot open"},
        {"p0", {0}, KIN_E_NOT_FOUND, "no folders with pictures inside"},
        {"p0/0.png", {0}, KIN_E_NOT_FOUND, "a file; expected a folder"},
        {"", {.validation = 1}, KIN_E_USAGE, "expected a part from 0 to below 1"},
        {"", {.validation = -0.1}, KIN_E_USAGE, "expected a part"},
        {"", {.validation = 0.1, .validation_dir = "x"}, KIN_E_USAGE, "not both"},
        {"", {.validation_dir = "/no/such"}, KIN_E_NOT_FOUND, "/no/such: cannot open"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kin_dataset_open(&ctx, in_folder(cases[i].dir), &cases[i].options, &set), cases[i].status);
        assert_null(set);
        if (!strstr(kin_error(&ctx), cases[i].says)) fail_msg("%s", kin_error(&ctx));
    }
}

static void test_thin_spreads_evenly(void **state)
{
    (void)state;
    kin_dataset *set;
    write_people(4, 5);
    assert_int_equal(kin_dataset_open(&ctx, folder, NULL, &set), KIN_OK);
    kin_dataset_thin(set, 100);
    assert_int_equal(set->count, 20);
    kin_dataset_thin(set, 4);
    assert_int_equal(set->count, 4);
    for (size_t i = 0; i < 4; i++) assert_int_equal(set->sample[i].label, i);
    kin_dataset_free(set);
}

/* --- looking --- */

static void assert_crop(const kin_dataset *set, size_t i, const uint8_t *expected)
{
    kin_image crop, *owner;
    if (kin_dataset_crop(set, i, set->ctx, &crop, &owner) != KIN_OK) fail_msg("%s", kin_error(set->ctx));
    assert_int_equal(crop.width, SIDE);
    for (int y = 0; y < SIDE; y++) assert_memory_equal(kin_pixels_row(&crop, y), expected + y * ROW, ROW);
    assert_true(!owner == (i < set->cached));
    kin_image_free(owner);
}

static void test_crops_are_the_pictures(void **state)
{
    (void)state;
    kin_image *image;
    write_people(2, 3);
    assert_int_equal(kin_pixels_new(&ctx, SIDE, SIDE, &image), KIN_OK);
    for (size_t cached = 0; cached <= 6; cached += 3) { /* what does not fit is read again */
        kin_dataset *set = open_set(&ctx, NULL, cached ? cached * CROP + 1 : 1);
        assert_int_equal(set->cached, cached);
        assert_int_equal(kin_dataset_size(set, KIN_PART_TRAINING, SIZE_MAX), 6);
        assert_int_equal(kin_dataset_size(set, KIN_PART_TRAINING, 1), 3);
        assert_int_equal(kin_dataset_size(set, KIN_PART_VALIDATION, SIZE_MAX), 0);
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(set->sample[i].form, KIN_SAMPLE_WHOLE);
            paint(i, image);
            assert_crop(set, i, image->data);
        }
        kin_dataset_free(set);
    }
    kin_image_free(image);
}

static void test_photos_want_a_detector(void **state)
{
    (void)state;
    kin_dataset *set;
    write_people(1, 2);
    write_picture("p0/large.png", 7, 40, 30);
    kin_prepare_options how = {.card = &small_card};
    assert_int_equal(kin_dataset_open(&ctx, folder, NULL, &set), KIN_OK);
    assert_int_equal(kin_dataset_prepare(set, &how), KIN_E_USAGE);
    assert_non_null(strstr(kin_error(&ctx), "large.png: a photo (40 x 30), but there is no detector"));
    how.input = KIN_INPUT_PHOTO;
    assert_int_equal(kin_dataset_prepare(set, &how), KIN_E_USAGE);
    /* as crops: brought to size as kin_crop_feed does for an embedder's crop, by either way of resizing */
    how.input = KIN_INPUT_CROP;
    kin_image *picture;
    assert_int_equal(kin_image_read(&ctx, in_folder("p0/large.png"), &picture), KIN_OK);
    for (int k = 0; k < 2; k++) {
        kin_card  card = small_card;
        float     a[CROP], b[CROP];
        kin_image crop, *owner;
        card.resize = k ? KIN_RESIZE_TENSORFLOW : KIN_RESIZE_ANTIALIAS;
        how.card = &card;
        assert_int_equal(kin_dataset_prepare(set, &how), KIN_OK);
        assert_int_equal(kin_dataset_crop(set, 2, &ctx, &crop, &owner), KIN_OK);
        assert_int_equal(kin_crop_feed(&ctx, &card, &crop, a), KIN_OK);
        assert_int_equal(kin_crop_feed(&ctx, &card, picture, b), KIN_OK);
        for (int i = 0; i < CROP; i++) /* TensorFlow's lies between levels */
            assert_true(k ? a[i] - b[i] <= 0.5001f / 128 && b[i] - a[i] <= 0.5001f / 128 : a[i] == b[i]);
        kin_image_free(owner);
    }
    /* a model of whole pictures has nothing to look for */
    kin_card whole = small_card;
    whole.align = KIN_ALIGN_NONE;
    how = (kin_prepare_options){.card = &whole};
    assert_int_equal(kin_dataset_prepare(set, &how), KIN_OK);
    assert_int_equal(set->sample[2].form, KIN_SAMPLE_WHOLE);
    kin_image_free(picture);
    kin_dataset_free(set);
}

static void test_damaged_files_are_named_and_skipped(void **state)
{
    (void)state;
    write_people(2, 3);
    write_bytes("p0/aa.jpg", "no picture", 10);
    write_bytes("p1/zz.png", "\x89PNG\r\n\x1A\nxxxx", 12);
    write_bytes("p1/empty.png", "", 0);
    for (size_t threads = 1; threads <= 5; threads += 2) {
        kin_context *on = kin_context_new(&(kin_options){.threads = threads});
        kin_dataset *set = open_set(on, NULL, 0);
        assert_int_equal(set->count, 9);
        assert_int_equal(kin_dataset_size(set, KIN_PART_TRAINING, SIZE_MAX), 6);
        assert_int_equal(set->notes, 3);
        assert_non_null(strstr(set->note[0], "p0/aa.jpg: no picture"));
        assert_non_null(strstr(set->note[1], "p1/empty.png: the file is empty"));
        assert_non_null(strstr(set->note[2], "p1/zz.png: "));
        for (size_t i = 0; i < 6; i++) assert_int_equal(set->sample[set->part[KIN_PART_TRAINING][i]].form, KIN_SAMPLE_WHOLE);
        assert_int_equal(set->sample[3].status, KIN_E_FORMAT);
        kin_image crop, *owner;
        assert_int_equal(kin_dataset_crop(set, 0, on, &crop, &owner), KIN_OK);
        kin_image_free(owner);
        kin_dataset_free(set);
        kin_context_free(on);
    }
    kin_dataset *set;
    char         command[300];
    snprintf(command, sizeof command, "rm '%s'/p?/[0-9].png", folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(kin_dataset_open(&ctx, folder, NULL, &set), KIN_OK);
    assert_int_equal(kin_dataset_prepare(set, &(kin_prepare_options){.card = &small_card}), KIN_E_NOT_FOUND);
    assert_string_equal(kin_error(&ctx), "none of 3 pictures is left to train with");
    kin_dataset_free(set);
}

static void test_a_card_that_cannot_be(void **state)
{
    (void)state;
    kin_dataset *set;
    kin_card     card = small_card;
    card.width = 0;
    write_people(1, 1);
    assert_int_equal(kin_dataset_open(&ctx, folder, NULL, &set), KIN_OK);
    assert_int_equal(kin_dataset_prepare(set, &(kin_prepare_options){.card = &card}), KIN_E_FORMAT);
    kin_dataset_free(set);
}

/* --- parts --- */

static void test_split(void **state)
{
    (void)state;
    write_people(5, 7);
    size_t first[35];
    for (uint64_t seed = 0; seed < 4; seed++)
        for (size_t threads = 1; threads <= 3; threads += 2) {
            kin_context *on = kin_context_new(&(kin_options){.threads = threads});
            kin_dataset *set = open_set(on, &(kin_dataset_options){.validation = 0.3, .seed = seed / 2}, 0);
            assert_int_equal(kin_dataset_size(set, KIN_PART_VALIDATION, SIZE_MAX), 10); /* int(0.3 * 35) */
            assert_int_equal(kin_dataset_size(set, KIN_PART_TRAINING, SIZE_MAX), 25);
            bool taken[35] = {false};
            for (int part = 0; part < KIN_PARTS; part++)
                for (size_t i = 0; i < set->size[part]; i++) {
                    size_t number = set->part[part][i];
                    assert_false(taken[number]);
                    assert_true(i == 0 || number > set->part[part][i - 1]);
                    taken[number] = true;
                }
            bool same = memcmp(first, set->part[KIN_PART_VALIDATION], 10 * sizeof *first) == 0;
            if (seed % 2 || threads > 1) assert_true(same); /* the same seed, the same part */
            if (seed == 2 && threads == 1) assert_false(same);
            memcpy(first, set->part[KIN_PART_VALIDATION], 10 * sizeof *first);
            kin_dataset_free(set);
            kin_context_free(on);
        }
}

static void test_a_folder_to_validate_with(void **state)
{
    (void)state;
    write_people(3, 2);
    char other[300];
    snprintf(other, sizeof other, "%s/../%s-other", folder, strrchr(folder, '/') + 1);
    write_picture("keep/p1/new.png", 50, SIDE, SIDE);
    write_picture("keep/p2/new.png", 51, SIDE, SIDE);
    write_picture("keep/stranger/new.png", 52, SIDE, SIDE);
    char command[1000];
    snprintf(command, sizeof command, "mv '%s/keep' '%s'", folder, other);
    assert_int_equal(system(command), 0);
    kin_dataset *set = open_set(&ctx, &(kin_dataset_options){.validation_dir = other}, 0);
    assert_int_equal(set->classes, 3);
    assert_int_equal(kin_dataset_size(set, KIN_PART_TRAINING, SIZE_MAX), 6);
    assert_int_equal(kin_dataset_size(set, KIN_PART_VALIDATION, SIZE_MAX), 2);
    assert_int_equal(kin_dataset_size(set, KIN_PART_VALIDATION, 2), 1);
    assert_int_equal(set->notes, 1);
    assert_non_null(strstr(set->note[0], "passed over 1 picture of people who are not trained (stranger ...)"));
    kin_dataset_free(set);
    snprintf(command, sizeof command, "rm -r '%s'/p1 '%s'/p2", other, other);
    assert_int_equal(system(command), 0);
    assert_int_equal(kin_dataset_open(&ctx, folder, &(kin_dataset_options){.validation_dir = other}, &set), KIN_E_NOT_FOUND);
    snprintf(command, sizeof command, "rm -r '%s'", other);
    assert_int_equal(system(command), 0);
}

/* --- interrupted, without memory --- */

static void stop(void *user, size_t done, size_t count)
{
    assert_true(done >= 1 && done <= count);
    if (done == 3) kin_context_cancel(user);
}

static void test_cancel(void **state)
{
    (void)state;
    kin_dataset *set;
    write_people(4, 4);
    kin_prepare_options how = {.card = &small_card, .progress = stop, .user = &ctx};
    assert_int_equal(kin_dataset_open(&ctx, folder, NULL, &set), KIN_OK);
    assert_int_equal(kin_dataset_prepare(set, &how), KIN_E_CANCELLED);
    kin_context_resume(&ctx);
    how.progress = NULL;
    assert_int_equal(kin_dataset_prepare(set, &how), KIN_OK); /* it can be done again */
    assert_int_equal(kin_dataset_size(set, KIN_PART_TRAINING, SIZE_MAX), 16);
    kin_dataset_free(set);
}

static kin_status whole_way(kin_context *walked)
{
    kin_dataset        *set;
    kin_dataset_options options = {.validation = 0.4, .unknown = "p1"};
    KIN_TRY(kin_dataset_open(walked, folder, &options, &set));
    kin_status status = kin_dataset_prepare(set, &(kin_prepare_options){.card = &small_card, .input = KIN_INPUT_CROP});
    if (status == KIN_OK) assert_int_equal(set->size[KIN_PART_TRAINING], 3);
    kin_dataset_free(set);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    write_people(2, 2);
    write_bytes("loose.jpg", "x", 1);
    write_bytes("p0/damaged.jpg", "x", 1);
    write_picture("p1/other.png", 3, 20, 9);
    oom_walk(&ctx, whole_way, 40, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order_is_keras),         TEST(test_what_is_passed_over), TEST(test_thin_spreads_evenly),
        TEST(test_crops_are_the_pictures), TEST(test_photos_want_a_detector), TEST(test_damaged_files_are_named_and_skipped),
        TEST(test_a_card_that_cannot_be),  TEST(test_split),               TEST(test_a_folder_to_validate_with),
        TEST(test_cancel),                 TEST(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
