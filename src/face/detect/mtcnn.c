/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's cascade: windows of the first stage, looked at again by R-Net and O-Net in batches that run side by side, and
 * what the published program does to them in between.
 */
#include "face/detect/mtcnn.h"

#include <math.h>

#include "pixels/pixels.h"

enum { RNET_SIDE = 24, ONET_SIDE = 48, RNET_BATCH = 16, ONET_BATCH = 8 };

static const float  least_second = 0.7f; /* least score of the second stage; the third's is the caller's */
static const double least_overlap = 0.7; /* of suppression between levels and behind both later stages */
static const double farthest = 1 << 24;  /* pixels; windows beyond are no faces of a picture */

/* --- a batch of windows --- */

typedef struct {
    kin_mtcnn       *mtcnn;
    const kin_image *picture;
    kin_window      *window;
    size_t           count;
    size_t           slots;
    int              network, side, batch;
} glance;

static void read_points(const float *number, kin_window *w)
{
    const double width = w->x1 - w->x0 + 1, height = w->y1 - w->y0 + 1;
    for (int k = 0; k < KIN_POINTS; k++)
        w->points[k] = (kin_point){(float)(width * (double)number[k] + w->x0 - 1),
                                   (float)(height * (double)number[KIN_POINTS + k] + w->y0 - 1)};
}

static void look(void *arg, size_t index, size_t worker)
{
    const glance *g = arg;
    if (kin_cancelled(g->mtcnn->ctx)) return;
    const kin_mtcnn_slot *slot = &g->mtcnn->slot[g->network][g->slots < g->mtcnn->workers ? index : worker];
    const size_t          first = index * (size_t)g->batch, left = g->count - first;
    const size_t          count = left < (size_t)g->batch ? left : (size_t)g->batch;
    float                *input = kin_plan_input(slot->plan, 0);
    for (size_t i = 0; i < (size_t)g->batch; i++) { /* a batch that is not full sees its last window again */
        const kin_window *w = &g->window[first + (i < count ? i : count - 1)];
        kin_mtcnn_view    view = {.in = g->picture, .x = (int)w->x0 - 1, .y = (int)w->y0 - 1, .width = (int)(w->x1 - w->x0 + 1),
                                  .height = (int)(w->y1 - w->y0 + 1), .out_width = g->side, .out_height = g->side};
        kin_mtcnn_resample(&view, 0, 0, g->side, g->side, input + i * 3 * (size_t)(g->side * g->side));
    }
    if (kin_plan_run(slot->plan) != KIN_OK) return;
    const float *score = kin_mtcnn_output(slot, KIN_MTCNN_SCORE_OUT), *move = kin_mtcnn_output(slot, KIN_MTCNN_BOX_OUT);
    for (size_t i = 0; i < count; i++) {
        kin_window *w = &g->window[first + i];
        w->score = kin_mtcnn_score(score + 2 * i);
        for (size_t k = 0; k < 4; k++) w->move[k] = move[4 * i + k];
        if (g->network == KIN_ONET) read_points(kin_mtcnn_output(slot, KIN_MTCNN_POINTS_OUT) + 2 * KIN_POINTS * i, w);
    }
}

/* Leaves out windows without a pixel and those that a network that is none of MTCNN's may throw anywhere. */
static bool usable(const kin_window *w)
{
    return fabs(w->x0) < farthest && fabs(w->y0) < farthest && fabs(w->x1) < farthest && fabs(w->y1) < farthest &&
           w->x1 >= w->x0 && w->y1 >= w->y0;
}

/* Gives all windows, made whole and put in place before, the network's answer; those with more than `least` stay. */
static kin_status glance_at(kin_mtcnn *m, const kin_image *picture, int network, float least, kin_window *window, size_t *count)
{
    const bool second = network == KIN_RNET;
    glance     g = {.mtcnn = m, .picture = picture, .window = window, .network = network,
                    .side = second ? RNET_SIDE : ONET_SIDE, .batch = second ? RNET_BATCH : ONET_BATCH};
    for (size_t i = 0; i < *count; i++) {
        kin_mtcnn_fix(&window[i]);
        if (usable(&window[i])) window[g.count++] = window[i];
    }
    *count = 0;
    if (!g.count) return KIN_OK;
    const size_t batches = (g.count + (size_t)g.batch - 1) / (size_t)g.batch;
    g.slots = batches < m->workers ? batches : m->workers; /* fewer: one a batch */
    for (size_t i = 0; i < g.slots; i++)
        KIN_TRY(kin_mtcnn_plan(m, network, i, g.batch, g.side, g.side));
    kin_split(m->ctx->splitter, look, &g, batches);
    if (kin_cancelled(m->ctx)) return kin_fail(m->ctx, KIN_E_CANCELLED, "cancelled");
    for (size_t i = 0; i < g.count; i++)
        if (window[i].score > least) window[(*count)++] = window[i];
    return KIN_OK;
}

/* --- the cascade --- */

static size_t first_stage(kin_window *window, size_t count)
{
    count = kin_mtcnn_suppress(window, count, least_overlap, false);
    for (size_t i = 0; i < count; i++) {
        kin_mtcnn_regress(&window[i], 0);
        kin_mtcnn_square(&window[i]);
    }
    return count;
}

static size_t second_stage(kin_window *window, size_t count)
{
    count = kin_mtcnn_suppress(window, count, least_overlap, false);
    for (size_t i = 0; i < count; i++) {
        kin_mtcnn_regress(&window[i], 1);
        kin_mtcnn_square(&window[i]);
    }
    return count;
}

static size_t third_stage(kin_window *window, size_t count)
{
    for (size_t i = 0; i < count; i++) kin_mtcnn_regress(&window[i], 1);
    return kin_mtcnn_suppress(window, count, least_overlap, true);
}

/* Also leaves out points that are nowhere near, of such networks. */
static kin_status add(const kin_window *w, kin_finds *finds)
{
    for (int k = 0; k < KIN_POINTS; k++)
        if (!(fabs((double)w->points[k].x) < farthest && fabs((double)w->points[k].y) < farthest)) return KIN_OK;
    if (!usable(w)) return KIN_OK;
    kin_face face = {.box = {(float)w->x0, (float)w->y0, (float)w->x1, (float)w->y1}, .score = w->score};
    for (int k = 0; k < KIN_POINTS; k++) face.points[k] = w->points[k];
    return kin_finds_add(finds, &face);
}

kin_status kin_mtcnn_find(kin_mtcnn *m, const kin_image *picture, double min_face, float score, kin_finds *finds)
{
    kin_window *window;
    size_t      count;
    if (min_face < KIN_MTCNN_LEAST_FACE)
        return kin_fail(m->ctx, KIN_E_USAGE, "smallest face: %g pixels, for MTCNN expected %d or more", min_face, KIN_MTCNN_LEAST_FACE);
    kin_status status = kin_mtcnn_propose(m, picture, min_face, &window, &count);
    if (status == KIN_OK) {
        count = first_stage(window, count);
        status = glance_at(m, picture, KIN_RNET, least_second, window, &count);
    }
    if (status == KIN_OK) {
        count = second_stage(window, count);
        status = glance_at(m, picture, KIN_ONET, score, window, &count);
    }
    if (status == KIN_OK) {
        count = third_stage(window, count);
        for (size_t i = 0; i < count && status == KIN_OK; i++) status = add(&window[i], finds);
    }
    if (status == KIN_OK) kin_finds_sort(finds);
    kin_release(m->ctx, window);
    return status;
}

kin_status kin_mtcnn_prepare(kin_mtcnn *m)
{
    KIN_TRY(kin_mtcnn_plan(m, KIN_RNET, 0, RNET_BATCH, RNET_SIDE, RNET_SIDE));
    return kin_mtcnn_plan(m, KIN_ONET, 0, ONET_BATCH, ONET_SIDE, ONET_SIDE);
}
