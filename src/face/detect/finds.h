/* SPDX-License-Identifier: Apache-2.0
 *
 * What a detector found, on its way to a list of faces: a list that grows, is put in order, and loses those that are
 * the same face found twice.
 */
#ifndef KIN_FACE_DETECT_FINDS_H
#define KIN_FACE_DETECT_FINDS_H

#include "base/memory.h"
#include "kin/face.h"

/* More finds than this are never kept: suppression compares pairs, and no photo holds so many faces. */
enum { KIN_FINDS_MAX = 4096 };

/* Two finds are one face when their points lie this far apart at most, in the mean, in sides of the larger box (the root
 * of its area). Of 3,985 photos with --min-face 20, boxes that touch: the 15 pairs that are one face lie 0.03 to 0.12
 * apart, the 17 others 0.36 or more (README.md). */
#define KIN_FINDS_SAME_POINTS 0.25

/* Overlap of boxes above which finds of different looks are one face, for detectors whose card says none. */
#define KIN_FINDS_IOU 0.45f

typedef struct {
    kin_context *ctx;
    kin_face    *face; /* quality is not set yet */
    size_t       count, capacity;
} kin_finds;

static inline kin_finds kin_finds_make(kin_context *ctx)
{
    return (kin_finds){ctx, NULL, 0, 0};
}
/* Adds a find. One that has no area or numbers that are not finite is left out silently: networks give such. */
kin_status kin_finds_add(kin_finds *finds, const kin_face *face);
/* Best score first; of equal scores by position (top to bottom, left to right), so that the order never depends on the
 * order of adding. Keeps the first KIN_FINDS_MAX. */
void kin_finds_sort(kin_finds *finds);
/* Drops every find that is a better one again: their boxes overlap by more than `iou` (non-maximum suppression), or
 * their five points agree. Sorts first. */
void kin_finds_suppress(kin_finds *finds, float iou);
void kin_finds_free(kin_finds *finds);

/* Area of the common part over area of both together, 0 .. 1. */
float kin_box_iou(const kin_box *a, const kin_box *b);
static inline float kin_box_shorter(const kin_box *box)
{
    float w = box->x1 - box->x0, h = box->y1 - box->y0;
    return w < h ? w : h;
}
static inline float kin_box_longer(const kin_box *box)
{
    float w = box->x1 - box->x0, h = box->y1 - box->y0;
    return w > h ? w : h;
}

#endif
