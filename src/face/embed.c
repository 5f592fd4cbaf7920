/* SPDX-License-Identifier: Apache-2.0
 *
 * From a face to a unit vector: aligned crop, network, sum with the mirror image's, unit length.
 */
#include "face/embed.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "face/align.h"
#include "nn/graph.h"
#include "pixels/pixels.h"

/* --- making one --- */

static kin_status check_card(kin_context *ctx, const kin_card *card)
{
    if (card->kind != KIN_CARD_EMBEDDER) return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: kind: not an embedder");
    if (strcmp(card->decode, "embedding") != 0)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: output.decode: \"%s\", expected \"embedding\"", card->decode);
    if (card->width < 1 || card->height < 1 || card->width > 4096 || card->height > 4096)
        return kin_fail(ctx, KIN_E_FORMAT, "card: input: %d x %d, expected 1 to 4096", card->width, card->height);
    for (int i = 0; i < 3; i++)
        if (!isfinite(card->mean[i]) || !isfinite(card->scale[i]) || card->scale[i] == 0)
            return kin_fail(ctx, KIN_E_FORMAT, "card: input.mean, input.scale: not usable numbers");
    return KIN_OK;
}

/* Pictures that go through the network for one face. */
static int64_t views(const kin_embedder *embedder)
{
    return embedder->card.mirror ? 2 : 1;
}

static kin_status learn_width(kin_embedder *embedder, int64_t n)
{
    kin_plan *plan;
    KIN_TRY(kin_plans_get(&embedder->plans, n, embedder->card.height, embedder->card.width, &plan));
    kin_shape shape = kin_plan_output_shape(plan, 0);
    size_t    count = kin_count(&shape);
    char      text[KIN_SHAPE_TEXT];
    if (kin_plan_output_type(plan, 0) != KIN_FLOAT32 || shape.rank < 2 || shape.dim[0] != n || count % (size_t)n ||
        count / (size_t)n < 2 || count / (size_t)n > KIN_EMBEDDING_MAX)
        return kin_fail(embedder->ctx, KIN_E_UNSUPPORTED, "embedder: output %s of shape %s, expected float32 [%lld, 2 to %d]",
                        kin_type_name(kin_plan_output_type(plan, 0)), kin_shape_text(&shape, text, sizeof text), (long long)n,
                        KIN_EMBEDDING_MAX);
    embedder->width = count / (size_t)n;
    return KIN_OK;
}

kin_status kin_embedder_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_embedder **out)
{
    *out = NULL;
    KIN_TRY(kin_plans_check(ctx, graph, "embedder"));
    KIN_TRY(check_card(ctx, card));
    kin_embedder *embedder;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *embedder, &embedder));
    *embedder = (kin_embedder){.ctx = ctx, .graph = graph, .card = *card, .plans = {.ctx = ctx, .graph = graph}};
    kin_hash_text(graph->fingerprint, embedder->fingerprint);
    kin_status status = learn_width(embedder, views(embedder));
    if (status == KIN_OK)
        *out = embedder;
    else
        kin_embedder_free(embedder);
    return status;
}

void kin_embedder_own(kin_embedder *embedder)
{
    embedder->owns_graph = true;
}

kin_status kin_embedder_share(kin_context *ctx, kin_embedder *first, kin_embedder **out)
{
    kin_enter(ctx);
    kin_status status = kin_embedder_new(ctx, first->graph, &first->card, out);
    kin_leave(ctx);
    return status;
}

void kin_embedder_free(kin_embedder *embedder)
{
    if (!embedder) return;
    kin_context *ctx = embedder->ctx;
    kin_enter(ctx);
    kin_plans_free(&embedder->plans);
    if (embedder->owns_graph) kin_graph_free(embedder->graph);
    kin_release(ctx, embedder);
    kin_leave(ctx);
}

size_t kin_embedder_width(const kin_embedder *embedder)
{
    return embedder->width;
}

const char *kin_embedder_fingerprint(const kin_embedder *embedder)
{
    return embedder->fingerprint;
}

const kin_card *kin_embedder_card(const kin_embedder *embedder)
{
    return &embedder->card;
}

/* --- crops --- */

static kin_status cut_margin(kin_context *ctx, const kin_image *picture, const kin_face *face, double margin, int width, int height,
                             kin_image **out)
{
    const kin_box *box = &face->box;
    double         side = fmax((double)box->x1 - box->x0, (double)box->y1 - box->y0) * (1 + 2 * margin);
    double         x = 0.5 * ((double)box->x0 + box->x1), y = 0.5 * ((double)box->y0 + box->y1);
    return kin_align_box(ctx, picture, x - side / 2, y - side / 2, side, side, width, height, out);
}

static kin_status resize_whole(kin_context *ctx, const kin_image *picture, int width, int height, kin_image **out)
{
    KIN_TRY(kin_pixels_new(ctx, width, height, out));
    kin_status status = kin_pixels_resize(ctx, picture, NULL, KIN_FILTER_TRIANGLE, *out);
    if (status != KIN_OK) {
        kin_image_free(*out);
        *out = NULL;
    }
    return status;
}

/* The picture that the network sees of a face, as the card wants it. */
static kin_status crop(kin_embedder *e, const kin_image *picture, const kin_face *face, kin_image **out)
{
    const kin_card *card = &e->card;
    kin_point       points[KIN_POINTS];
    *out = NULL;
    switch (card->align) {
    case KIN_ALIGN_FIVE_POINTS:
        for (int i = 0; i < KIN_POINTS; i++) points[i] = (kin_point){card->points[i][0], card->points[i][1]};
        return kin_align_crop(e->ctx, picture, face, points, card->width, card->height, out);
    case KIN_ALIGN_MARGIN:
        return cut_margin(e->ctx, picture, face, card->margin / 2, card->width, card->height, out);
    case KIN_ALIGN_NONE:
        break;
    }
    return cut_margin(e->ctx, picture, face, 0, card->width, card->height, out);
}

kin_status kin_crop_aligned(kin_embedder *embedder, const kin_image *picture, const kin_face *face, kin_image **out)
{
    kin_enter(embedder->ctx);
    kin_status status = crop(embedder, picture, face, out);
    kin_leave(embedder->ctx);
    return status;
}

kin_status kin_crop_margin(kin_context *ctx, const kin_image *picture, const kin_face *face, float margin, int size_px, kin_image **out)
{
    *out = NULL;
    kin_enter(ctx);
    double     side = fmax((double)face->box.x1 - face->box.x0, (double)face->box.y1 - face->box.y0) * (1 + 2 * (double)margin);
    kin_status status;
    if (!(margin >= 0) || size_px < 0 || !isfinite(side) || side > KIN_PIXELS_SIDE_MAX)
        status = kin_fail(ctx, KIN_E_USAGE, "crop: margin %g, size %d, expected 0 or more", (double)margin, size_px);
    else {
        int size = size_px ? size_px : (int)fmax(1, lrint(side));
        status = cut_margin(ctx, picture, face, margin, size, size, out);
    }
    kin_leave(ctx);
    return status;
}

/* --- vectors --- */

/* The mirror image of [height, width, 3]. */
static void mirror(const float *in, int height, int width, float *out)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(out + 3 * ((size_t)y * (size_t)width + (size_t)x), in + 3 * ((size_t)y * (size_t)width + (size_t)(width - 1 - x)),
                   3 * sizeof *out);
}

/* Sums the `n` vectors behind one another in `from`, then unit length where the card says so. */
static kin_status finish(kin_embedder *e, const float *from, int64_t n, float *vector)
{
    double square = 0;
    for (size_t i = 0; i < e->width; i++) {
        double sum = 0;
        for (int64_t k = 0; k < n; k++) sum += from[(size_t)k * e->width + i];
        vector[i] = (float)(sum / (double)n);
        square += (double)vector[i] * vector[i];
    }
    if (!isfinite(square)) return kin_fail(e->ctx, KIN_E_FORMAT, "the network gave numbers that are not finite");
    if (!(square > 1e-20)) return kin_fail(e->ctx, KIN_E_FORMAT, "the network gave a vector of no length");
    /* Galleries hold unit vectors whatever the card says: similarity is a cosine. */
    float scale = (float)(1 / sqrt(square));
    for (size_t i = 0; i < e->width; i++) vector[i] *= scale;
    return KIN_OK;
}

/* `picture` has exactly the network's size. */
static kin_status embed_picture(kin_embedder *e, const kin_image *picture, int64_t n, float *vector)
{
    const kin_card *card = &e->card;
    kin_plan       *plan;
    KIN_TRY(kin_plans_get(&e->plans, n, card->height, card->width, &plan));
    float   *input = kin_plan_input(plan, 0);
    kin_feed feed = {.bgr = card->bgr,
                     .mean = {card->mean[0], card->mean[1], card->mean[2]},
                     .scale = {card->scale[0], card->scale[1], card->scale[2]}};
    kin_pixels_to_tensor(picture, &feed, card->width, card->height, 0, input);
    if (n == 2) mirror(input, card->height, card->width, input + 3 * (size_t)card->width * (size_t)card->height);
    KIN_TRY(kin_plan_run(plan));
    return finish(e, kin_plan_output(plan, 0), n, vector);
}

static kin_status embed_face(kin_embedder *e, const kin_image *picture, const kin_face *face, int64_t n, float *vector)
{
    kin_image *view;
    kin_enter(e->ctx);
    kin_status status = crop(e, picture, face, &view);
    if (status == KIN_OK) {
        status = embed_picture(e, view, n, vector);
        kin_image_free(view);
    }
    kin_leave(e->ctx);
    return status;
}

kin_status kin_embed(kin_embedder *embedder, const kin_image *picture, const kin_face *face, float *vector)
{
    return embed_face(embedder, picture, face, views(embedder), vector);
}

kin_status kin_embed_single(kin_embedder *embedder, const kin_image *picture, const kin_face *face, float *vector)
{
    return embed_face(embedder, picture, face, 1, vector);
}

kin_status kin_embed_crop(kin_embedder *embedder, const kin_image *picture, float *vector)
{
    const kin_card *card = &embedder->card;
    kin_image      *view = NULL;
    kin_enter(embedder->ctx);
    kin_status status = KIN_OK;
    if (picture->width != card->width || picture->height != card->height)
        status = resize_whole(embedder->ctx, picture, card->width, card->height, &view);
    if (status == KIN_OK) status = embed_picture(embedder, view ? view : picture, views(embedder), vector);
    kin_image_free(view);
    kin_leave(embedder->ctx);
    return status;
}
