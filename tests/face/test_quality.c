/* SPDX-License-Identifier: Apache-2.0
 *
 * Pose from projections of the mean face, with its signs; sharpness of pictures blurred by known amounts.
 */
#include "face/align.h"
#include "face/quality.h"
#include "fake.h"
#include "support/context.h"

static const double radian = 0.017453292519943295;

/* The five points of a head that nods, then turns to the picture's right, then tilts clockwise, seen from afar. */
static void project(double yaw, double pitch, double roll, double scale, kin_point points[KIN_POINTS])
{
    double sy = sin(yaw * radian), cy = cos(yaw * radian), sp = sin(pitch * radian), cp = cos(pitch * radian);
    double sr = sin(roll * radian), cr = cos(roll * radian);
    for (int i = 0; i < KIN_POINTS; i++) {
        const double *p = kin_face_model[i];
        /* Nodding up brings the chin (y > 0) towards the camera (z < 0) and lifts the nose. */
        double y = cp * p[1] + sp * p[2], z = -sp * p[1] + cp * p[2];
        double x = cy * p[0] - sy * z;
        points[i] = (kin_point){(float)(300 + scale * (cr * x - sr * y)), (float)(200 + scale * (sr * x + cr * y))};
    }
}

static void test_pose_of_projections(void **state)
{
    (void)state;
    for (int yaw = -75; yaw <= 75; yaw += 15)
        for (int pitch = -40; pitch <= 40; pitch += 20)
            for (int roll = -170; roll <= 170; roll += 34) {
                kin_point   points[KIN_POINTS];
                kin_quality q;
                project(yaw, pitch, roll, 60, points);
                kin_quality_pose(points, &q);
                assert_true(fabs(q.yaw - yaw) < 0.05 && fabs(q.pitch - pitch) < 0.05 && fabs(q.roll - roll) < 0.05);
            }
}

/* The signs, by what one sees, without the model's formulae. */
static void test_signs(void **state)
{
    (void)state;
    kin_point   straight[KIN_POINTS], points[KIN_POINTS];
    kin_quality q;
    project(0, 0, 0, 60, straight);

    memcpy(points, straight, sizeof points);
    points[KIN_NOSE].x += 12; /* the nose points to the picture's right */
    kin_quality_pose(points, &q);
    assert_true(q.yaw > 10 && fabs(q.pitch) < 3 && fabs(q.roll) < 6);

    memcpy(points, straight, sizeof points);
    points[KIN_NOSE].y -= 10; /* the nose points up */
    kin_quality_pose(points, &q);
    assert_true(q.pitch > 8 && fabs(q.yaw) < 1);

    memcpy(points, straight, sizeof points);
    for (int i = 0; i < KIN_POINTS; i++) { /* the right eye is lower, the chin to the left */
        points[i].x -= 0.2f * (straight[i].y - 200);
        points[i].y += 0.2f * (straight[i].x - 300);
    }
    kin_quality_pose(points, &q);
    assert_true(q.roll > 8 && q.roll < 14);
}

static void test_pose_of_nothing(void **state)
{
    (void)state;
    kin_point   points[KIN_POINTS];
    kin_quality q = {.yaw = 9, .pitch = 9, .roll = 9};
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < KIN_POINTS; i++)
            points[i] = k == 0 ? (kin_point){5, 5} : k == 1 ? (kin_point){0, 0} : (kin_point){NAN, 1};
        kin_quality_pose(points, &q);
        assert_true(q.yaw == 0 && q.pitch == 0 && q.roll == 0);
    }
}

/* --- sharpness --- */

/* A checkered pattern with edges `ramp` pixels wide, of squares of 14 pixels. */
static kin_image *pattern(double ramp, double contrast)
{
    kin_image *image = fake_picture(&ctx, 112, 112, 0);
    for (int y = 0; y < 112; y++)
        for (int x = 0; x < 112; x++) {
            double u = 7 - fabs(fmod(x + 0.5, 28) - 14), v = 7 - fabs(fmod(y + 0.5, 28) - 14);
            double a = fmax(-1, fmin(1, 2 * u / ramp)), b = fmax(-1, fmin(1, 2 * v / ramp));
            memset(kin_pixels_row(image, y) + 3 * x, (int)lrint(128 + contrast * a * b), 3);
        }
    return image;
}

static float sharpness(double ramp, double contrast)
{
    kin_image *image = pattern(ramp, contrast);
    float      value = kin_quality_sharpness(image);
    kin_image_free(image);
    return value;
}

static void test_sharpness_falls_with_blur(void **state)
{
    (void)state;
    float before = 1;
    for (double ramp = 2; ramp < 14; ramp += 2) {
        float now = sharpness(ramp, 100);
        assert_true(now <= before && now >= 0);
        before = now;
    }
    assert_true(sharpness(1, 100) > 0.9f);
    assert_true(sharpness(14, 100) < 0.5f);
}

/* A sharp pattern drawn out over 15 pixels along a row, a column or a diagonal is as blurred as one blurred all round. */
static void test_sharpness_falls_with_movement(void **state)
{
    (void)state;
    static const int step[][2] = {{1, 0}, {0, 1}, {1, 1}, {1, -1}};
    kin_image       *sharp = pattern(1, 100), *moved = fake_picture(&ctx, 112, 112, 0);
    for (int i = 0; i < 4; i++) {
        for (int y = 0; y < 112; y++)
            for (int x = 0; x < 112; x++) {
                int sum = 0;
                for (int k = -7; k <= 7; k++) {
                    int u = (x + k * step[i][0] + 112) % 112, v = (y + k * step[i][1] + 112) % 112;
                    sum += kin_pixels_row(sharp, v)[3 * u];
                }
                memset(kin_pixels_row(moved, y) + 3 * (size_t)x, sum / 15, 3);
            }
        float value = kin_quality_sharpness(moved);
        if (value > 0.5f) fail_msg("moved by %d, %d: sharpness %.2f", step[i][0], step[i][1], (double)value);
    }
    kin_image_free(sharp);
    kin_image_free(moved);
}

static void test_sharpness_does_not_know_the_light(void **state)
{
    (void)state;
    for (double ramp = 2; ramp < 12; ramp += 3) assert_float_equal(sharpness(ramp, 100), sharpness(ramp, 50), 0.06);
    kin_image *plain = fake_picture(&ctx, 112, 112, 77);
    assert_float_equal(kin_quality_sharpness(plain), 0, 0);
    kin_image_free(plain);
    kin_image *dot = fake_picture(&ctx, 2, 2, 77);
    assert_float_equal(kin_quality_sharpness(dot), 0, 0);
    kin_image_free(dot);
}

/* A small face is judged at its own size, a large one at that of the crop: neither loses by its size. */
static void test_size_is_no_blur(void **state)
{
    (void)state;
    kin_image *noise = fake_noise(&ctx, 800, 800);
    static const double scales[] = {0.4, 1, 5};
    for (int k = 0; k < 3; k++) {
        kin_face face = {.box = {10, 10, 60, 70}};
        for (int i = 0; i < KIN_POINTS; i++)
            face.points[i] = (kin_point){(float)(20 + scales[k] * kin_template_112[i].x),
                                         (float)(20 + scales[k] * kin_template_112[i].y)};
        assert_int_equal(kin_quality_judge(&ctx, noise, &face), KIN_OK);
        assert_float_equal(face.quality.size_px, 50, 0);
        assert_true(face.quality.sharpness > 0.9f);
        assert_float_equal(face.quality.roll, 0, 1);
    }
    kin_image_free(noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pose_of_projections),
        TEST(test_signs),
        TEST(test_pose_of_nothing),
        TEST(test_sharpness_falls_with_blur),
        TEST(test_sharpness_falls_with_movement),
        TEST(test_sharpness_does_not_know_the_light),
        TEST(test_size_is_no_blur),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
