/* SPDX-License-Identifier: Apache-2.0
 *
 * Size, sharpness and pose of a face. Pose: the five points as the picture of a rigid mean face, seen from afar (weak
 * perspective). Sharpness: how much of the contrast of the aligned crop lies in its finest details, in the direction that
 * has the fewest.
 */
#include "face/quality.h"

#include <math.h>

#include "face/align.h"
#include "face/detect/finds.h"

/* Found by factorising the points of 1,591 portraits (C. Tomasi, T. Kanade, Shape and motion from image streams under
 * orthography, IJCV 9(2), 1992), made symmetric, and tilted so that those people look into the camera in the median. */
const double kin_face_model[KIN_POINTS][3] = {
    {-0.5000, -0.5117, 0.0025}, {0.5000, -0.5117, 0.0025}, {0.0000, 0.0686, -0.3524},
    {-0.4281, 0.4773, 0.1737},  {0.4281, 0.4773, 0.1737},
};

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

/* The linear map m (2x3) of the model's points to the picture's that is closest in least squares, both about their
 * means: m = (sum q p^T) (sum p p^T)^-1, columns of the inverse by cross products. */
static void fit_linear(const kin_point points[KIN_POINTS], double m[2][3])
{
    double mean[2] = {0}, model_mean[3] = {0}, moment[3][3] = {{0}}, mixed[2][3] = {{0}};
    for (int i = 0; i < KIN_POINTS; i++) {
        mean[0] += points[i].x / (double)KIN_POINTS;
        mean[1] += points[i].y / (double)KIN_POINTS;
        for (int k = 0; k < 3; k++) model_mean[k] += kin_face_model[i][k] / KIN_POINTS;
    }
    for (int i = 0; i < KIN_POINTS; i++) {
        double q[2] = {points[i].x - mean[0], points[i].y - mean[1]}, p[3];
        for (int k = 0; k < 3; k++) p[k] = kin_face_model[i][k] - model_mean[k];
        for (int k = 0; k < 3; k++) {
            for (int l = 0; l < 3; l++) moment[k][l] += p[k] * p[l];
            for (int l = 0; l < 2; l++) mixed[l][k] += q[l] * p[k];
        }
    }
    double column[3][3];
    for (int k = 0; k < 3; k++) cross(moment[(k + 1) % 3], moment[(k + 2) % 3], column[k]);
    double determinant = dot(moment[0], column[0]);
    for (int l = 0; l < 2; l++)
        for (int k = 0; k < 3; k++) m[l][k] = dot(mixed[l], column[k]) / determinant;
}

/* Makes the two rows orthogonal and of length 1, moving them least: (m m^T)^-1/2 m. false when they are parallel. */
static bool make_rotation(double m[2][3])
{
    double a = dot(m[0], m[0]), b = dot(m[0], m[1]), c = dot(m[1], m[1]);
    double determinant = a * c - b * b, trace = a + c;
    if (!(determinant > 1e-6 * trace * trace) || !isfinite(trace)) return false;
    double root = sqrt(determinant), scale = 1 / (root * sqrt(trace + 2 * root));
    for (int k = 0; k < 3; k++) {
        double first = m[0][k], second = m[1][k];
        m[0][k] = scale * ((c + root) * first - b * second);
        m[1][k] = scale * ((a + root) * second - b * first);
    }
    return true;
}

/* The rotation is taken apart as: nod (pitch) first, then turn (yaw), then tilt in the picture (roll). */
void kin_quality_pose(const kin_point points[KIN_POINTS], kin_quality *quality)
{
    const double degrees = 57.29577951308232;
    double       m[2][3], third[3];
    quality->yaw = quality->pitch = quality->roll = 0;
    fit_linear(points, m);
    if (!make_rotation(m)) return;
    cross(m[0], m[1], third);
    quality->yaw = (float)(degrees * atan2(third[0], hypot(m[0][0], m[1][0])));
    quality->pitch = (float)(degrees * atan2(-third[1], third[2]));
    quality->roll = (float)(degrees * atan2(m[1][0], m[0][0]));
}

/* --- sharpness --- */

static double grey(const kin_image *image, int x, int y)
{
    const uint8_t *p = kin_pixels_row(image, y) + 3 * (size_t)x;
    return (77 * p[0] + 150 * p[1] + 29 * p[2]) / 256.0;
}

/* Second differences (twice the middle less its two neighbours) along the row, the column and the two diagonals; those of
 * the diagonals halved, for their neighbours lie a root of 2 away. */
enum { DIRECTIONS = 4 };

static void second_differences(const kin_image *crop, int x, int y, double out[DIRECTIONS])
{
    static const struct {
        int    x, y;
        double scale;
    } step[DIRECTIONS] = {{1, 0, 1}, {0, 1, 1}, {1, 1, 0.5}, {1, -1, 0.5}};
    double twice = 2 * grey(crop, x, y);
    for (int k = 0; k < DIRECTIONS; k++)
        out[k] = step[k].scale * (twice - grey(crop, x - step[k].x, y - step[k].y) - grey(crop, x + step[k].x, y + step[k].y));
}

/* The square of the second differences in the direction that has the least, over the variance, inside an oval that holds
 * eyes, nose and mouth: free of the light's strength and contrast, and low also when a moving head or hand has blurred
 * one direction only. Its logarithm is linear in what the eye calls sharp; -3.02 (the median portrait of 110 px, blurred by
 * 3 px) is 0, -0.77 (the sharpest hundredth of portraits) is 1. */
float kin_quality_sharpness(const kin_image *crop)
{
    const double unit = crop->width / 112.0;
    double       sum = 0, square = 0, detail[DIRECTIONS] = {0};
    size_t       count = 0;
    for (int y = 1; y + 1 < crop->height; y++)
        for (int x = 1; x + 1 < crop->width; x++) {
            double u = (x - 56 * unit) / (36 * unit), v = (y - 66 * unit) / (44 * unit);
            if (u * u + v * v > 1) continue;
            double g = grey(crop, x, y), difference[DIRECTIONS];
            second_differences(crop, x, y, difference);
            for (int k = 0; k < DIRECTIONS; k++) detail[k] += difference[k] * difference[k];
            sum += g;
            square += g * g;
            count++;
        }
    double least = detail[0];
    for (int k = 1; k < DIRECTIONS; k++) least = fmin(least, detail[k]);
    if (!count || least <= 0) return 0;
    double n = (double)count, mean = sum / n, variance = square / n - mean * mean;
    double sharpness = (log10(least / n / (variance + 1)) + 3.02) / 2.25;
    return sharpness < 0 ? 0 : sharpness > 1 ? 1 : (float)sharpness;
}

/* A face smaller than the crop is judged at its own size: to be small is another fault than to be blurred. */
static int crop_side(const kin_face *face)
{
    enum { LEAST = 32 };
    kin_similarity s;
    if (!kin_similarity_fit(kin_template_112, face->points, KIN_POINTS, &s)) return LEAST;
    double side = KIN_SHARPNESS_SIDE * hypot(s.a, s.b);
    return side < LEAST ? LEAST : side > KIN_SHARPNESS_SIDE ? KIN_SHARPNESS_SIDE : (int)lrint(side);
}

kin_status kin_quality_judge(kin_context *ctx, const kin_image *picture, kin_face *face)
{
    int       side = crop_side(face);
    kin_point template[KIN_POINTS];
    for (int i = 0; i < KIN_POINTS; i++)
        template[i] = (kin_point){kin_template_112[i].x * (float)side / KIN_SHARPNESS_SIDE,
                                  kin_template_112[i].y * (float)side / KIN_SHARPNESS_SIDE};
    kin_image *crop;
    KIN_TRY(kin_align_crop(ctx, picture, face, template, side, side, &crop));
    face->quality.size_px = kin_box_shorter(&face->box);
    face->quality.sharpness = kin_quality_sharpness(crop);
    kin_quality_pose(face->points, &face->quality);
    kin_image_free(crop);
    return KIN_OK;
}
