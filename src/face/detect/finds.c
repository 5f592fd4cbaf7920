/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of finds: growing, order, suppression of what was found twice.
 */
#include "face/detect/finds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool usable(const kin_face *face)
{
    const kin_box *b = &face->box;
    float          sum = b->x0 + b->y0 + b->x1 + b->y1 + face->score;
    for (int i = 0; i < KIN_POINTS; i++) sum += face->points[i].x + face->points[i].y;
    return isfinite(sum) && b->x1 > b->x0 && b->y1 > b->y0;
}

kin_status kin_finds_add(kin_finds *finds, const kin_face *face)
{
    if (!usable(face)) return KIN_OK;
    if (finds->count == finds->capacity) {
        size_t capacity = finds->capacity ? 2 * finds->capacity : 64, bytes;
        if (!kin_mul_size(capacity, sizeof(kin_face), &bytes))
            return kin_fail(finds->ctx, KIN_E_LIMIT, "more faces than memory can hold");
        KIN_TRY(kin_realloc(finds->ctx, &finds->face, bytes));
        finds->capacity = capacity;
    }
    finds->face[finds->count++] = *face;
    return KIN_OK;
}

static int compare(float a, float b)
{
    return (a > b) - (a < b);
}

static int better_first(const void *left, const void *right)
{
    const kin_face *a = left, *b = right;
    int             order = compare(b->score, a->score);
    if (!order) order = compare(a->box.y0, b->box.y0);
    if (!order) order = compare(a->box.x0, b->box.x0);
    if (!order) order = compare(a->box.y1, b->box.y1);
    if (!order) order = compare(a->box.x1, b->box.x1);
    for (int i = 0; i < KIN_POINTS && !order; i++) {
        order = compare(a->points[i].y, b->points[i].y);
        if (!order) order = compare(a->points[i].x, b->points[i].x);
    }
    return order;
}

void kin_finds_sort(kin_finds *finds)
{
    if (finds->count > 1) qsort(finds->face, finds->count, sizeof(kin_face), better_first);
    if (finds->count > KIN_FINDS_MAX) finds->count = KIN_FINDS_MAX;
}

static double area(const kin_box *box)
{
    return ((double)box->x1 - box->x0) * ((double)box->y1 - box->y0);
}

/* Maps of neighbouring strides guess boxes of one face that lie in each other: with 0.67 of its sides the smaller one has
 * an IoU of 0.45, and less when it is smaller still. Their points agree all the same, which those of two faces cannot. */
static bool same_points(const kin_face *a, const kin_face *b)
{
    double sum = 0;
    for (int i = 0; i < KIN_POINTS; i++)
        sum += hypot((double)a->points[i].x - b->points[i].x, (double)a->points[i].y - b->points[i].y);
    return sum / KIN_POINTS <= KIN_FINDS_SAME_POINTS * sqrt(fmax(area(&a->box), area(&b->box)));
}

void kin_finds_suppress(kin_finds *finds, float iou)
{
    kin_finds_sort(finds);
    size_t kept = 0;
    for (size_t i = 0; i < finds->count; i++) {
        bool twice = false;
        for (size_t k = 0; k < kept && !twice; k++)
            twice = kin_box_iou(&finds->face[i].box, &finds->face[k].box) > iou ||
                    same_points(&finds->face[i], &finds->face[k]);
        if (!twice) finds->face[kept++] = finds->face[i];
    }
    finds->count = kept;
}

void kin_finds_free(kin_finds *finds)
{
    kin_release(finds->ctx, finds->face);
    finds->face = NULL;
    finds->count = finds->capacity = 0;
}

float kin_box_iou(const kin_box *a, const kin_box *b)
{
    double w = fmin(a->x1, b->x1) - fmax(a->x0, b->x0), h = fmin(a->y1, b->y1) - fmax(a->y0, b->y0);
    if (!(w > 0 && h > 0)) return 0;
    double common = w * h;
    return (float)(common / (area(a) + area(b) - common));
}
