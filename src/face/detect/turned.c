/* SPDX-License-Identifier: Apache-2.0
 *
 * Faces that stand sideways or upside down: the picture is looked at turned by 90, 180 and 270 degrees too. A detector's score
 * alone does not tell which way is up (upside down, half of all faces are still "found"), a second look at the face
 * alone, at the size that detectors know best, does.
 */
#include "face/detect/turned.h"

#include <math.h>

#include "face/align.h"
#include "pixels/pixels.h"

/* The second look: a square of three sides of the find, scaled so that the find has 96 pixels. On 1,000 portraits in four
 * positions it gives 95 % of the upright finds 0.78 and more, sideways ones 0.79 at most, finds in 120 pictures without a face
 * 0.67 at most; upside down some reach 0.84, and most lose against the same face seen upright (docs/accuracy.md). */
enum { FACE_PX = 96, VIEW_PX = 3 * FACE_PX, LEAST_PX = 40 };
enum { CANDIDATES = 32 }; /* of one direction */

/* Parts of the way from the least score to 1. A find at first sight above SURE is upright (wrong ways reached 0.82 of the
 * default detector's 0.5 to 1); at the second look a turned one must reach LIKELY. */
#define SURE 0.7
#define LIKELY 0.5
#define SAME_IOU 0.3f

static const struct {
    int degrees, orientation; /* which of EXIF's turns a face upright that stands turned clockwise by so much */
} turns[] = {{90, 8}, {180, 3}, {270, 6}};
enum { TURNS = sizeof turns / sizeof *turns };

typedef struct {
    kin_face face;
    float    again; /* score of the second look */
} candidate;

static double part_way(float score, double part)
{
    return score + part * (1 - score);
}

/* --- the turned copy and the way back --- */

static kin_status turned_copy(kin_context *ctx, const kin_image *picture, int orientation, kin_image **out)
{
    bool swaps = kin_orientation_swaps(orientation);
    KIN_TRY(kin_pixels_new(ctx, swaps ? picture->height : picture->width, swaps ? picture->width : picture->height, out));
    kin_pixels_turn_rows(picture->data, picture->stride, 0, picture->height, picture->width, picture->height, orientation, *out);
    return KIN_OK;
}

static kin_point point_back(kin_point p, int degrees, const kin_image *picture)
{
    switch (degrees) {
    case 90:
        return (kin_point){(float)picture->width - p.y, p.x};
    case 180:
        return (kin_point){(float)picture->width - p.x, (float)picture->height - p.y};
    default:
        return (kin_point){p.y, (float)picture->height - p.x};
    }
}

void kin_turned_back(kin_face *face, int degrees, const kin_image *picture)
{
    kin_point a = point_back((kin_point){face->box.x0, face->box.y0}, degrees, picture);
    kin_point b = point_back((kin_point){face->box.x1, face->box.y1}, degrees, picture);
    face->box = (kin_box){fminf(a.x, b.x), fminf(a.y, b.y), fmaxf(a.x, b.x), fmaxf(a.y, b.y)};
    for (int i = 0; i < KIN_POINTS; i++) face->points[i] = point_back(face->points[i], degrees, picture);
    face->turned = degrees;
}

/* --- the second look --- */

/* *again = the best score of a find of about the same place and size; 0: none. */
static kin_status look_again(kin_detector *detector, const kin_image *picture, const kin_face *face, float score, float *again)
{
    double     side = 3 * (double)kin_box_longer(&face->box), x = 0.5 * ((double)face->box.x0 + face->box.x1),
               y = 0.5 * ((double)face->box.y0 + face->box.y1);
    kin_image *view;
    kin_finds  finds = kin_finds_make(detector->ctx);
    *again = 0;
    KIN_TRY(kin_align_box(detector->ctx, picture, x - 0.5 * side, y - 0.5 * side, side, side, VIEW_PX, VIEW_PX, &view));
    kin_status status = kin_detector_look(detector, view, LEAST_PX, score, &finds);
    for (size_t i = 0; status == KIN_OK && i < finds.count; i++) {
        const kin_box *b = &finds.face[i].box;
        float          longer = kin_box_longer(b);
        bool           there = fabsf(b->x0 + b->x1 - VIEW_PX) < 0.6f * FACE_PX && fabsf(b->y0 + b->y1 - VIEW_PX) < 0.6f * FACE_PX;
        if (there && longer > 0.5f * FACE_PX && longer < 1.8f * FACE_PX && finds.face[i].score > *again) *again = finds.face[i].score;
    }
    kin_finds_free(&finds);
    kin_image_free(view);
    return status;
}

/* Adds what is likely in one direction to the candidates. */
static kin_status look_turned(kin_detector *detector, const kin_image *picture, int turn, kin_look look, double min_face,
                              float score, candidate *list, size_t *count)
{
    kin_image *copy;
    kin_finds  finds = kin_finds_make(detector->ctx);
    KIN_TRY(turned_copy(detector->ctx, picture, turns[turn].orientation, &copy));
    kin_status status = look(detector, copy, min_face, score, &finds);
    for (size_t i = 0; status == KIN_OK && i < finds.count && i < CANDIDATES; i++) {
        candidate *c = &list[*count];
        c->face = finds.face[i];
        if (kin_cancelled(detector->ctx)) status = kin_fail(detector->ctx, KIN_E_CANCELLED, "cancelled");
        if (status == KIN_OK) status = look_again(detector, copy, &c->face, score, &c->again);
        if (status != KIN_OK || c->again < part_way(score, LIKELY)) continue;
        kin_turned_back(&c->face, turns[turn].degrees, picture);
        ++*count;
    }
    kin_finds_free(&finds);
    kin_image_free(copy);
    return status;
}

/* --- which way is up --- */

/* Of candidates in one place the likeliest stays; returns how many do. Few: an insertion sort. */
static size_t best_of_each_place(candidate *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && list[k].again > list[k - 1].again; k--) {
            candidate t = list[k];
            list[k] = list[k - 1];
            list[k - 1] = t;
        }
    for (size_t i = 0; i < count; i++) {
        bool taken = false;
        for (size_t k = 0; k < kept && !taken; k++) taken = kin_box_iou(&list[i].face.box, &list[k].face.box) > SAME_IOU;
        if (!taken) list[kept++] = list[i];
    }
    return kept;
}

static bool holds_middle(const kin_box *outer, const kin_box *inner)
{
    float x = 0.5f * (inner->x0 + inner->x1), y = 0.5f * (inner->y0 + inner->y1);
    return x > outer->x0 && x < outer->x1 && y > outer->y0 && y < outer->y1;
}

/* Whether two boxes are about the same face: seen the wrong way, it often gets a much smaller or shifted box. */
static bool same_place(const kin_box *a, const kin_box *b)
{
    return kin_box_iou(a, b) > SAME_IOU || holds_middle(a, b) || holds_middle(b, a);
}

/* Puts a candidate in the place of the upright finds that it overlaps, unless one of these is as likely. */
static kin_status settle(kin_detector *detector, const kin_image *picture, const candidate *c, float score, kin_finds *finds)
{
    size_t kept = 0;
    for (int remove = 0; remove < 2; remove++)
        for (size_t i = 0; i < finds->count; i++) {
            const kin_face *face = &finds->face[i];
            bool            same = !face->turned && same_place(&face->box, &c->face.box);
            float           again;
            if (remove) {
                if (!same) finds->face[kept++] = *face;
            } else if (same) {
                KIN_TRY(look_again(detector, picture, face, score, &again));
                if (again >= c->again) return KIN_OK;
            }
        }
    finds->count = kept;
    return kin_finds_add(finds, &c->face);
}

kin_status kin_turned_find(kin_detector *detector, const kin_image *picture, kin_look look, double min_face, float score,
                           kin_finds *finds)
{
    KIN_TRY(look(detector, picture, min_face, score, finds));
    if (finds->count && finds->face[0].score >= part_way(score, SURE)) return KIN_OK;
    candidate *list;
    size_t     count = 0;
    KIN_TRY(kin_alloc(detector->ctx, TURNS * CANDIDATES * sizeof *list, &list));
    kin_status status = KIN_OK;
    for (int turn = 0; turn < TURNS && status == KIN_OK; turn++)
        status = look_turned(detector, picture, turn, look, min_face, score, list, &count);
    count = status == KIN_OK ? best_of_each_place(list, count) : 0;
    for (size_t i = 0; i < count && status == KIN_OK; i++) status = settle(detector, picture, &list[i], score, finds);
    kin_release(detector->ctx, list);
    kin_finds_sort(finds);
    return status;
}
