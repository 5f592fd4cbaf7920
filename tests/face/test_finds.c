/* SPDX-License-Identifier: Apache-2.0
 *
 * What was found, without a network: overlap, suppression, the face that counts.
 */
#include "base/random.h"
#include "face/detect/finds.h"
#include "face/fake.h"
#include "support/context.h"

/* Points where a face has them: no two boxes of the tests below share theirs. */
static kin_face box_face(float x0, float y0, float x1, float y1, float score)
{
    static const kin_point place[KIN_POINTS] = {{0.3f, 0.4f}, {0.7f, 0.4f}, {0.5f, 0.6f}, {0.35f, 0.8f}, {0.65f, 0.8f}};
    kin_face               face = {.box = {x0, y0, x1, y1}, .score = score};
    for (int i = 0; i < KIN_POINTS; i++)
        face.points[i] = (kin_point){x0 + place[i].x * (x1 - x0), y0 + place[i].y * (y1 - y0)};
    return face;
}

static void test_overlap(void **state)
{
    (void)state;
    kin_box a = {0, 0, 10, 10}, half = {0, 0, 10, 5}, beside = {10, 0, 20, 10}, corner = {5, 5, 15, 15};
    assert_float_equal(kin_box_iou(&a, &a), 1, 0);
    assert_float_equal(kin_box_iou(&a, &half), 0.5, 1e-6);
    assert_float_equal(kin_box_iou(&a, &beside), 0, 0);
    assert_float_equal(kin_box_iou(&a, &corner), 25.0 / 175, 1e-6);
}

static void test_suppression_keeps_the_best_in_any_order(void **state)
{
    (void)state;
    /* b overlaps a by more than 0.45, c by less; d overlaps only b, which is gone; e and f score alike. */
    const kin_face all[] = {box_face(0, 0, 10, 10, 0.9f),    box_face(3, 0, 13, 10, 0.8f), box_face(0, 6, 10, 16, 0.7f),
                            box_face(6.5f, 0, 16.5f, 10, 0.6f), box_face(50, 0, 60, 10, 0.5f), box_face(30, 0, 40, 10, 0.5f)};
    static const int expected[] = {0, 2, 3, 5, 4};
    kin_random       random = kin_random_make(3, 0);
    for (int round = 0; round < 50; round++) {
        int order[6] = {0, 1, 2, 3, 4, 5};
        for (int i = 5; i > 0; i--) {
            int k = (int)kin_random_below(&random, (uint64_t)i + 1), t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        kin_finds finds = kin_finds_make(&ctx);
        for (int i = 0; i < 6; i++) assert_int_equal(kin_finds_add(&finds, &all[order[i]]), KIN_OK);
        kin_finds_suppress(&finds, 0.45f);
        assert_int_equal(finds.count, 5);
        for (int i = 0; i < 5; i++) assert_memory_equal(&finds.face[i].box, &all[expected[i]].box, sizeof(kin_box));
        kin_finds_free(&finds);
    }
}

/* What the default network says of samples/people/divya/divya-1.jpg: boxes in each other, of an IoU below the limit. */
static void test_one_face_in_two_sizes(void **state)
{
    (void)state;
    static const kin_face all[] = {
        {.box = {125.0f, 117.2f, 221.1f, 249.3f},
         .score = 0.8944f,
         .points = {{149.8f, 164.0f}, {192.9f, 158.4f}, {174.7f, 185.9f}, {159.0f, 208.3f}, {195.5f, 203.5f}}},
        {.box = {107.0f, 61.8f, 238.2f, 292.0f},
         .score = 0.9445f,
         .points = {{143.4f, 160.8f}, {197.0f, 152.3f}, {175.5f, 187.3f}, {155.6f, 213.3f}, {203.3f, 205.8f}}},
    };
    kin_finds finds = kin_finds_make(&ctx);
    assert_true(kin_box_iou(&all[0].box, &all[1].box) < 0.45f);
    for (int i = 0; i < 2; i++) assert_int_equal(kin_finds_add(&finds, &all[i]), KIN_OK);
    kin_finds_suppress(&finds, 0.45f);
    assert_int_equal(finds.count, 1);
    assert_float_equal(finds.face[0].score, 0.9445, 1e-4);
    kin_finds_free(&finds);
}

/* Cheek to cheek, a child's head before a chest, a small face on a poster behind, a face on a shirt: all of them stay. */
static void test_faces_close_together_stay(void **state)
{
    (void)state;
    const kin_face all[] = {
        box_face(0, 0, 100, 120, 0.9f),        box_face(62, 10, 160, 130, 0.8f), box_face(10, 70, 80, 154, 0.7f),
        box_face(72, 4, 96, 32, 0.6f),         box_face(300, 0, 400, 120, 0.9f), box_face(305, 80, 345, 128, 0.8f),
        box_face(362, 60, 398, 104, 0.75f),
    };
    const size_t count = sizeof all / sizeof *all;
    kin_finds    finds = kin_finds_make(&ctx);
    for (size_t i = 0; i < count; i++) assert_int_equal(kin_finds_add(&finds, &all[i]), KIN_OK);
    kin_finds_suppress(&finds, 0.45f);
    assert_int_equal(finds.count, count);
    kin_finds_free(&finds);
}

static void test_main_face(void **state)
{
    (void)state;
    kin_image *picture = fake_picture(&ctx, 400, 300, 0);
    kin_face   face[3] = {
        box_face(0, 0, 100, 100, 0.99f),     /* large, far off: 10000 - 2 (150^2 + 100^2) = -55000 */
        box_face(160, 110, 220, 190, 0.8f),  /* 60 x 80 near the middle: 4800 - 200 */
        box_face(180, 130, 240, 190, 0.9f),  /* 60 x 60, farther: 3600 - 400 */
    };
    kin_faces faces = {3, face, &ctx};
    assert_int_equal(kin_faces_main(&faces, picture), 1);
    face[2] = face[1]; /* of equals the first */
    assert_int_equal(kin_faces_main(&faces, picture), 1);
    faces.count = 1;
    assert_int_equal(kin_faces_main(&faces, picture), 0);
    kin_image_free(picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_overlap),
        TEST(test_suppression_keeps_the_best_in_any_order),
        TEST(test_one_face_in_two_sizes),
        TEST(test_faces_close_together_stay),
        TEST(test_main_face),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
