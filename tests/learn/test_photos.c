/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos with the real networks: training cuts faces out exactly as enroll and identify do. Nobody here is real.
 */
#include "learn/people.h"
#include "face/crop.h"
#include "face/embed.h"
#include "kin/kin.h"

static kin_context  *on;
static kin_detector *detector;
static kin_embedder *embedder;

static int open_models(void **state)
{
    on = kin_context_new(&(kin_options){.threads = 3});
    return !on || kin_detector_open(on, NULL, &detector) || kin_embedder_open(on, NULL, &embedder) || fresh(state) ? -1 : 0;
}

static int close_models(void **state)
{
    kin_embedder_free(embedder);
    kin_detector_free(detector);
    int left = on->memory != 0;
    kin_context_free(on);
    return clean(state) || left ? -1 : 0;
}

static void copy_sample(const char *sample, const char *name)
{
    char     path[500];
    uint8_t *bytes;
    size_t   size;
    snprintf(path, sizeof path, "%s/%s", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".", sample);
    if (kin_file_read(&ctx, path, 0, &bytes, &size) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    write_bytes(name, (const char *)bytes, size);
    kin_release(&ctx, bytes);
}

static kin_dataset *prepared(kin_input input, uint64_t cache_bytes)
{
    kin_dataset        *set;
    kin_prepare_options how = {.card = kin_embedder_card(embedder), .input = input, .detector = detector, .cache_bytes = cache_bytes};
    if (kin_dataset_open(on, folder, NULL, &set) != KIN_OK || kin_dataset_prepare(set, &how) != KIN_OK) fail_msg("%s", kin_error(on));
    return set;
}

static void test_crops_are_those_of_identify(void **state)
{
    (void)state;
    copy_sample("samples/people/chen/chen-1.jpg", "chen/1.jpg");
    copy_sample("samples/people/chen/chen-4.jpg", "chen/4.jpg");
    copy_sample("samples/family-wall.jpg", "wall/eight.jpg"); /* the face that counts */
    for (uint64_t cache = 0; cache < 2; cache++) {            /* 1 byte: everything is read again */
        kin_dataset *set = prepared(KIN_INPUT_AUTO, cache);
        assert_int_equal(set->size[KIN_PART_TRAINING], 3);
        for (size_t i = 0; i < 3; i++) {
            kin_image *photo, *expected, crop, *owner;
            kin_faces  faces;
            assert_int_equal(set->sample[i].form, KIN_SAMPLE_FACE);
            assert_int_equal(kin_image_read(on, set->sample[i].path, &photo), KIN_OK);
            assert_int_equal(kin_detect(detector, photo, NULL, &faces), KIN_OK);
            kin_face face = faces.face[kin_faces_main(&faces, photo)];
            assert_int_equal(kin_crop_aligned(embedder, photo, &face, &expected), KIN_OK);
            assert_int_equal(kin_dataset_crop(set, i, on, &crop, &owner), KIN_OK);
            assert_true(!owner == !cache);
            for (int y = 0; y < crop.height; y++)
                assert_memory_equal(kin_pixels_row(&crop, y), kin_pixels_row(expected, y), (size_t)crop.width * 3);
            kin_image_free(owner);
            kin_image_free(expected);
            kin_faces_free(&faces);
            kin_image_free(photo);
        }
        kin_dataset_free(set);
    }
}

static void test_no_face(void **state)
{
    (void)state;
    copy_sample("samples/people/chen/chen-1.jpg", "chen/1.jpg");
    write_picture("chen/noise.png", 1, 200, 150);
    write_picture("unknown/noise.png", 2, 200, 151);
    kin_dataset *set = prepared(KIN_INPUT_AUTO, 0);
    assert_int_equal(set->count, 3);
    assert_int_equal(set->sample[1].form, KIN_SAMPLE_SKIPPED);
    assert_int_equal(set->sample[1].status, KIN_E_REFUSED);
    assert_int_equal(set->sample[2].form, KIN_SAMPLE_MIDDLE);
    assert_int_equal(set->notes, 1);
    assert_string_equal(set->note[0] + strlen(folder), "/chen/noise.png: no face");
    /* its middle: 0.6 of 151 is 91 pixels, from (54, 30) on */
    const kin_card *card = &set->card;
    kin_image      *picture, *expected, crop, *owner;
    assert_int_equal(kin_image_read(on, set->sample[2].path, &picture), KIN_OK);
    kin_image middle = kin_pixels_part(picture, 54, 30, 91, 91);
    assert_int_equal(kin_pixels_new(on, card->width, card->height, &expected), KIN_OK);
    assert_int_equal(kin_pixels_resize(on, &middle, NULL, KIN_FILTER_TRIANGLE, expected), KIN_OK);
    assert_int_equal(kin_dataset_crop(set, 2, on, &crop, &owner), KIN_OK);
    for (int y = 0; y < crop.height; y++)
        assert_memory_equal(kin_pixels_row(&crop, y), kin_pixels_row(expected, y), (size_t)crop.width * 3);
    kin_image_free(owner);
    kin_image_free(expected);
    kin_image_free(picture);
    kin_dataset_free(set);
}

/* A crop of exactly the model's size is one; told to be a photo, it is looked at. */
static void test_auto_photo_crop(void **state)
{
    (void)state;
    const kin_card *card = kin_embedder_card(embedder);
    write_picture("unknown/crop.png", 1, card->width, card->height);
    write_picture("unknown/photo.png", 1, card->width, card->height + 1);
    static const kin_sample_form form[][2] = {
        [KIN_INPUT_AUTO] = {KIN_SAMPLE_WHOLE, KIN_SAMPLE_MIDDLE},
        [KIN_INPUT_PHOTO] = {KIN_SAMPLE_MIDDLE, KIN_SAMPLE_MIDDLE},
        [KIN_INPUT_CROP] = {KIN_SAMPLE_WHOLE, KIN_SAMPLE_WHOLE},
    };
    for (int input = KIN_INPUT_AUTO; input <= KIN_INPUT_CROP; input++) {
        kin_dataset *set = prepared((kin_input)input, 0);
        for (size_t i = 0; i < 2; i++) assert_int_equal(set->sample[i].form, form[input][i]);
        kin_dataset_free(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_crops_are_those_of_identify, open_models, close_models),
        cmocka_unit_test_setup_teardown(test_no_face, open_models, close_models),
        cmocka_unit_test_setup_teardown(test_auto_photo_crop, open_models, close_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
