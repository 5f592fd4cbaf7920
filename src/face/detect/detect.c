/* SPDX-License-Identifier: Apache-2.0
 *
 * From a picture to faces: shrink it as far as the smallest wanted face allows, run the network, decode its outputs,
 * look again at a smaller picture for faces that were too large, drop what was found twice, judge what is left.
 */
#include "face/detect/detect.h"

#include <math.h>

#include "face/detect/turned.h"
#include "face/quality.h"
#include "pixels/pixels.h"

enum {
    DEFAULT_MIN_FACE_PX = 40,
    DEFAULT_SMALL_FACE_PX = 8,
    PREPARED_SIDE = 640 /* of the view for which the weights are packed ahead: other sizes use most of the same packs */
};

/* --- making one --- */

static kin_status check_card(kin_context *ctx, const kin_card *card)
{
    if (card->kind != KIN_CARD_DETECTOR) return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: kind: not a detector");
    if (card->resize != KIN_RESIZE_ANTIALIAS)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: input.resize: a detector's must be antialias");
    if (card->multiple < 1 || card->multiple > 1024)
        return kin_fail(ctx, KIN_E_FORMAT, "card: input.multiple: %d, expected 1 to 1024", card->multiple);
    if (card->width < 0 || card->height < 0 || card->width % card->multiple || card->height % card->multiple)
        return kin_fail(ctx, KIN_E_FORMAT, "card: input: %d x %d, expected multiples of %d", card->width, card->height,
                        card->multiple);
    for (int i = 0; i < 3; i++)
        if (!isfinite(card->mean[i]) || !isfinite(card->scale[i]) || card->scale[i] == 0)
            return kin_fail(ctx, KIN_E_FORMAT, "card: input.mean, input.scale: not usable numbers");
    if (!(card->score > 0 && card->score < 1))
        return kin_fail(ctx, KIN_E_FORMAT, "card: output.score: %g, expected between 0 and 1", card->score);
    if (!(card->nms > 0 && card->nms <= 1))
        return kin_fail(ctx, KIN_E_FORMAT, "card: output.nms: %g, expected above 0, at most 1", card->nms);
    if (!(card->smallest_face_px >= 1) || !(card->largest_face_px >= 4 * card->smallest_face_px) ||
        !isfinite(card->largest_face_px))
        return kin_fail(ctx, KIN_E_FORMAT,
                        "card: output.smallest_face_px, largest_face_px: %g and %g, expected 1 or more and at least 4 "
                        "times as much",
                        card->smallest_face_px, card->largest_face_px);
    return KIN_OK;
}

/* Borrows the graph. */
static kin_status make(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_detector **out)
{
    *out = NULL;
    KIN_TRY(kin_plans_check(ctx, graph, "detector"));
    KIN_TRY(check_card(ctx, card));
    const kin_decoding *decoding = kin_decoding_find(card->decode);
    if (!decoding)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: output.decode: \"%s\" is no decoding of a detector that kin knows",
                        card->decode);
    KIN_TRY(decoding->check(ctx, card));
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof **out, out));
    **out = (kin_detector){
        .ctx = ctx, .graph = graph, .card = *card, .decoding = decoding, .plans = {.ctx = ctx, .graph = graph}};
    return KIN_OK;
}

kin_status kin_detector_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_detector **out)
{
    kin_status status = make(ctx, graph, card, out);
    if (status == KIN_OK)
        (*out)->owns_graph = true;
    else
        kin_graph_free(graph);
    return status;
}

/* Borrows the graphs. */
static kin_status make_mtcnn(kin_context *ctx, kin_graph *const graph[KIN_MTCNN_NETWORKS], kin_detector **out)
{
    kin_mtcnn *mtcnn;
    *out = NULL;
    KIN_TRY(kin_mtcnn_new(ctx, graph, &mtcnn));
    kin_status status = kin_alloc_zero(ctx, 1, sizeof **out, out);
    if (status == KIN_OK)
        **out = (kin_detector){.ctx = ctx, .mtcnn = mtcnn, .card = {.kind = KIN_CARD_DETECTOR, .score = KIN_MTCNN_SCORE}};
    else
        kin_mtcnn_free(mtcnn);
    return status;
}

kin_status kin_detector_new_mtcnn(kin_context *ctx, kin_graph *const graph[KIN_MTCNN_NETWORKS], kin_detector **out)
{
    kin_status status = make_mtcnn(ctx, graph, out);
    for (int i = 0; i < KIN_MTCNN_NETWORKS; i++)
        if (status == KIN_OK)
            (*out)->part[i] = graph[i];
        else
            kin_graph_free(graph[i]);
    return status;
}

kin_status kin_detector_share(kin_context *ctx, kin_detector *first, kin_detector **out)
{
    kin_enter(ctx);
    kin_status status = first->mtcnn ? make_mtcnn(ctx, kin_mtcnn_graphs(first->mtcnn), out)
                                     : make(ctx, first->graph, &first->card, out);
    kin_leave(ctx);
    return status;
}

void kin_detector_free(kin_detector *detector)
{
    if (!detector) return;
    kin_context *ctx = detector->ctx;
    kin_enter(ctx);
    kin_plans_free(&detector->plans);
    if (detector->owns_graph) kin_graph_free(detector->graph);
    kin_mtcnn_free(detector->mtcnn);
    for (int i = 0; i < KIN_MTCNN_NETWORKS; i++) kin_graph_free(detector->part[i]);
    kin_release(ctx, detector);
    kin_leave(ctx);
}

/* --- one pass --- */

/* A picture of at least 1 x 1 pixels. */
static int scaled(int side, double scale)
{
    long n = lrint(side * scale);
    return n < 1 ? 1 : n > side ? side : (int)n;
}

/* The plan for a view of this size, padded to what the network takes. */
static kin_status plan_for(kin_detector *detector, int *width, int *height, kin_plan **plan)
{
    const kin_card *card = &detector->card;
    *width = card->width ? card->width : kin_round_up(*width, card->multiple);
    *height = card->height ? card->height : kin_round_up(*height, card->multiple);
    return kin_plans_get(&detector->plans, 1, *height, *width, plan);
}

kin_status kin_detector_prepare(kin_detector *detector)
{
    int       width = PREPARED_SIDE, height = PREPARED_SIDE;
    kin_plan *plan;
    kin_enter(detector->ctx);
    kin_status status = detector->mtcnn ? kin_mtcnn_prepare(detector->mtcnn) : plan_for(detector, &width, &height, &plan);
    kin_leave(detector->ctx);
    return status;
}

/* Finds in `view` (a shrunk picture) come out in its own pixels. */
static kin_status look(kin_detector *detector, const kin_image *view, float score, kin_finds *finds)
{
    const kin_card *card = &detector->card;
    int             width = view->width, height = view->height;
    kin_plan       *plan;
    KIN_TRY(plan_for(detector, &width, &height, &plan));
    kin_feed feed = {.bgr = card->bgr,
                     .mean = {card->mean[0], card->mean[1], card->mean[2]},
                     .scale = {card->scale[0], card->scale[1], card->scale[2]}};
    kin_pixels_to_tensor(view, &feed, width, height, card->pad, kin_plan_input(plan, 0));
    KIN_TRY(kin_plan_run(plan));
    return detector->decoding->read(detector->ctx, card, detector->graph, plan, width, height, score, finds);
}

static void map_back(kin_face *face, double sx, double sy)
{
    face->box = (kin_box){(float)(face->box.x0 * sx), (float)(face->box.y0 * sy), (float)(face->box.x1 * sx),
                          (float)(face->box.y1 * sy)};
    for (int i = 0; i < KIN_POINTS; i++)
        face->points[i] = (kin_point){(float)(face->points[i].x * sx), (float)(face->points[i].y * sy)};
}

/* Whether the middle of a find lies on the picture and not on the padding. */
static bool on_picture(const kin_face *face, const kin_image *view)
{
    float x = 0.5f * (face->box.x0 + face->box.x1), y = 0.5f * (face->box.y0 + face->box.y1);
    return x >= 0 && y >= 0 && x < (float)view->width && y < (float)view->height;
}

/* Adds to `finds` what is seen in `view`, in pixels of `picture`: faces whose longer side in the view's pixels is between
 * `least` and `most`. Sides scale by their own factors: sizes are whole numbers, a common scale would be off by a pixel. */
static kin_status pass(kin_detector *detector, const kin_image *picture, const kin_image *view, float score,
                       double least, double most, kin_finds *finds)
{
    kin_finds  seen = kin_finds_make(detector->ctx);
    kin_status status = look(detector, view, score, &seen);
    double     sx = (double)picture->width / view->width, sy = (double)picture->height / view->height;
    for (size_t i = 0; i < seen.count && status == KIN_OK; i++) {
        kin_face *face = &seen.face[i];
        float     side = kin_box_longer(&face->box);
        if (side < least || side > most || !on_picture(face, view)) continue;
        map_back(face, sx, sy);
        status = kin_finds_add(finds, face);
    }
    kin_finds_free(&seen);
    return status;
}

/* --- all passes --- */

static kin_status shrink(kin_context *ctx, const kin_image *picture, double scale, kin_image **out)
{
    KIN_TRY(kin_pixels_new(ctx, scaled(picture->width, scale), scaled(picture->height, scale), out));
    kin_status status = kin_pixels_resize(ctx, picture, NULL, KIN_FILTER_TRIANGLE, *out);
    if (status != KIN_OK) {
        kin_image_free(*out);
        *out = NULL;
    }
    return status;
}

/* How far the picture is shrunk at first: a face of `min_face` pixels stays one that the network sees, and a small
 * photo keeps its points sharp. Never enlarged. A network of a fixed size must hold the picture. */
static double first_scale(const kin_card *card, const kin_image *picture, double min_face)
{
    int    longer = picture->width > picture->height ? picture->width : picture->height;
    double scale = fmin(1, fmax(card->smallest_face_px / min_face, (double)card->longer_side_px / longer));
    if (card->width) scale = fmin(scale, (double)card->width / picture->width);
    if (card->height) scale = fmin(scale, (double)card->height / picture->height);
    return scale;
}

/* Passes over smaller and smaller views (by half or more, so that all of them cost at most a third of the first) until
 * the largest possible face, one as large as the view's shorter side, is one that the network was trained on. Sizes
 * around the edge are seen by both passes; suppression keeps the better find. */
static kin_status find(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds)
{
    const kin_card  *card = &detector->card;
    const double     edge = card->largest_face_px;
    double           scale = first_scale(card, picture, min_face), least = 0;
    const kin_image *view = picture;
    kin_image       *owned = NULL;
    kin_status       status = KIN_OK;
    if (scale < 1) {
        KIN_TRY(shrink(detector->ctx, picture, scale, &owned));
        view = owned;
    }
    for (;;) {
        int  shorter = view->width < view->height ? view->width : view->height;
        bool last = shorter <= edge;
        status = pass(detector, picture, view, score, least, last ? INFINITY : 1.25 * edge, finds);
        if (last || status != KIN_OK) break;
        double     factor = fmin(0.5, fmax(edge / shorter, 2 * card->smallest_face_px / edge));
        kin_image *smaller;
        status = shrink(detector->ctx, view, factor, &smaller);
        if (status != KIN_OK) break;
        least = 0.75 * edge * factor;
        kin_image_free(owned);
        view = owned = smaller;
    }
    kin_image_free(owned);
    return status;
}

/* Drops what was found twice and what is too small; best score first. */
static void settle(const kin_detector *detector, double min_face, kin_finds *finds)
{
    kin_finds_suppress(finds, detector->card.nms);
    size_t kept = 0;
    for (size_t i = 0; i < finds->count; i++)
        if (kin_box_shorter(&finds->face[i].box) >= min_face) finds->face[kept++] = finds->face[i];
    finds->count = kept;
}

static kin_status hand_over(kin_detector *detector, const kin_image *picture, kin_finds *finds, kin_faces *faces)
{
    for (size_t i = 0; i < finds->count; i++) {
        if (kin_cancelled(detector->ctx)) return kin_fail(detector->ctx, KIN_E_CANCELLED, "cancelled");
        KIN_TRY(kin_quality_judge(detector->ctx, picture, &finds->face[i]));
    }
    if (!finds->count) kin_finds_free(finds);
    *faces = (kin_faces){finds->count, finds->face, detector->ctx};
    *finds = kin_finds_make(detector->ctx);
    return KIN_OK;
}

kin_status kin_detector_look(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds)
{
    if (detector->mtcnn) return kin_mtcnn_find(detector->mtcnn, picture, min_face, score, finds);
    KIN_TRY(find(detector, picture, min_face, score, finds));
    settle(detector, min_face, finds);
    return KIN_OK;
}

static kin_status detect(kin_detector *detector, const kin_image *picture, const kin_detect_options *options,
                         kin_faces *faces)
{
    static const kin_detect_options none = {0};
    if (!options) options = &none;
    kin_context *ctx = detector->ctx;
    double       usual = options->small ? DEFAULT_SMALL_FACE_PX : DEFAULT_MIN_FACE_PX;
    double       min_face = options->min_face_px != 0 ? options->min_face_px : usual;
    float        score = options->score != 0 ? options->score : detector->card.score;
    if (!(min_face > 0) || !isfinite(min_face))
        return kin_fail(ctx, KIN_E_USAGE, "smallest face: %g pixels, expected more than 0", min_face);
    if (!(score > 0 && score < 1))
        return kin_fail(ctx, KIN_E_USAGE, "least score: %g, expected between 0 and 1", (double)score);
    if (kin_cancelled(ctx)) return kin_fail(ctx, KIN_E_CANCELLED, "cancelled");
    kin_finds  finds = kin_finds_make(ctx);
    kin_look   way = options->small ? kin_tiles_find : kin_detector_look;
    kin_status status = options->rotations ? kin_turned_find(detector, picture, way, min_face, score, &finds)
                                           : way(detector, picture, min_face, score, &finds);
    if (status == KIN_OK) status = hand_over(detector, picture, &finds, faces);
    kin_finds_free(&finds);
    return status;
}

kin_status kin_detect(kin_detector *detector, const kin_image *picture, const kin_detect_options *options,
                      kin_faces *faces)
{
    *faces = (kin_faces){.ctx = detector->ctx};
    kin_enter(detector->ctx);
    kin_status status = detect(detector, picture, options, faces);
    kin_leave(detector->ctx);
    return status;
}
