/* SPDX-License-Identifier: Apache-2.0
 *
 * From a face to a vector: the crop that the card asks for, its mirror image beside it in the same batch, the network,
 * the sum of the two, unit length.
 */
#include "face/embed.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "face/crop.h"
#include "nn/graph.h"

/* --- making one --- */

static kin_status check_card(kin_context *ctx, const kin_card *card)
{
    if (card->kind != KIN_CARD_EMBEDDER) return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: kind: not an embedder");
    if (strcmp(card->decode, "embedding") != 0)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: output.decode: \"%s\", expected \"embedding\"", card->decode);
    return kin_crop_check(ctx, card);
}

static kin_status find_width(kin_embedder *embedder)
{
    KIN_TRY(kin_plans_width(&embedder->plans, embedder->card.height, embedder->card.width, &embedder->width));
    if (embedder->width >= 1 && embedder->width <= KIN_EMBEDDING_MAX) return KIN_OK;
    return kin_fail(embedder->ctx, KIN_E_UNSUPPORTED, "embedder: output of %zu numbers, expected 1 to %d", embedder->width,
                    KIN_EMBEDDING_MAX);
}

/* Borrows the graph. */
static kin_status make(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_embedder **out)
{
    *out = NULL;
    KIN_TRY(kin_plans_check(ctx, graph, "embedder"));
    KIN_TRY(check_card(ctx, card));
    kin_embedder *embedder;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *embedder, &embedder));
    *embedder = (kin_embedder){.ctx = ctx, .graph = graph, .card = *card, .plans = {.ctx = ctx, .graph = graph}};
    kin_hash_text(graph->fingerprint, embedder->fingerprint);
    kin_status status = find_width(embedder);
    if (status == KIN_OK)
        *out = embedder;
    else
        kin_embedder_free(embedder);
    return status;
}

kin_status kin_embedder_new(kin_context *ctx, kin_graph *graph, const kin_card *card, kin_embedder **out)
{
    kin_status status = make(ctx, graph, card, out);
    if (status == KIN_OK)
        (*out)->owns_graph = true;
    else
        kin_graph_free(graph);
    return status;
}

kin_status kin_embedder_share(kin_context *ctx, kin_embedder *first, kin_embedder **out)
{
    kin_enter(ctx);
    kin_status status = make(ctx, first->graph, &first->card, out);
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

const kin_card *kin_embedder_card(const kin_embedder *embedder)
{
    return &embedder->card;
}

size_t kin_embedder_width(const kin_embedder *embedder)
{
    return embedder->width;
}

const char *kin_embedder_fingerprint(const kin_embedder *embedder)
{
    return embedder->fingerprint;
}

/* --- crops --- */

kin_status kin_crop_aligned(kin_embedder *embedder, const kin_image *picture, const kin_face *face, kin_image **out)
{
    kin_enter(embedder->ctx);
    kin_status status = kin_crop_for(embedder->ctx, &embedder->card, picture, face, out);
    kin_leave(embedder->ctx);
    return status;
}

kin_status kin_crop_margin(kin_context *ctx, const kin_image *picture, const kin_face *face, float margin, int size_px,
                           kin_image **out)
{
    *out = NULL;
    kin_enter(ctx);
    kin_status status;
    if (!(margin >= 0 && margin <= 100) || size_px < 0 || size_px > KIN_PIXELS_SIDE_MAX)
        status = kin_fail(ctx, KIN_E_USAGE, "crop: margin %g, size %d: expected 0 to 100, 0 to %d", (double)margin, size_px,
                          KIN_PIXELS_SIDE_MAX);
    else
        status = kin_crop_square(ctx, picture, face, margin, size_px, size_px, out);
    kin_leave(ctx);
    return status;
}

/* --- vectors --- */

/* x of [height, width, 3] with left and right changed places. */
static void mirror_tensor(const float *x, int height, int width, float *out)
{
    for (int i = 0; i < height; i++, x += 3 * (size_t)width, out += 3 * (size_t)width)
        for (int k = 0; k < width; k++) memcpy(out + 3 * (size_t)k, x + 3 * (size_t)(width - 1 - k), 3 * sizeof *x);
}

/* The sum of `rows` outputs, made of unit length where the card says so (a zero vector stays). */
static void sum_up(const kin_embedder *embedder, const float *y, size_t rows, float *vector)
{
    double square = 0;
    for (size_t k = 0; k < embedder->width; k++) {
        double sum = 0;
        for (size_t i = 0; i < rows; i++) sum += y[i * embedder->width + k];
        vector[k] = (float)(sum / (double)rows);
        square += (double)vector[k] * vector[k];
    }
    if (!embedder->card.normalise || !(square > 0)) return;
    double scale = 1 / sqrt(square);
    for (size_t k = 0; k < embedder->width; k++) vector[k] = (float)(scale * vector[k]);
}

/* `count` crops of faces, each of its picture, or the one `crop` that is there already, in one run. */
static kin_status run_crops(kin_embedder *embedder, const kin_image *const *pictures, const kin_face *faces, size_t count,
                            const kin_image *crop, bool mirror, float *vectors)
{
    const kin_card *card = &embedder->card;
    size_t          rows = mirror ? 2 : 1, size = 3 * (size_t)card->width * (size_t)card->height;
    kin_plan       *plan;
    KIN_TRY(kin_plans_get(&embedder->plans, (int64_t)(count * rows), card->height, card->width, &plan));
    float *x = kin_plan_input(plan, 0);
    for (size_t i = 0; i < count; i++) {
        kin_image *own = NULL;
        float     *row = x + i * rows * size;
        if (!crop) KIN_TRY(kin_crop_for(embedder->ctx, card, pictures[i], &faces[i], &own));
        kin_status status = kin_crop_feed(embedder->ctx, card, crop ? crop : own, row);
        kin_image_free(own);
        KIN_TRY(status);
        if (mirror) mirror_tensor(row, card->height, card->width, row + size);
    }
    const float *y;
    KIN_TRY(kin_plans_run(&embedder->plans, plan, count * rows, embedder->width, &y));
    for (size_t i = 0; i < count; i++)
        sum_up(embedder, y + i * rows * embedder->width, rows, vectors + i * embedder->width);
    return KIN_OK;
}

kin_status kin_embed_batch(kin_embedder *embedder, const kin_image *const *pictures, const kin_face *faces, size_t count,
                           float *vectors)
{
    bool       mirror = embedder->card.mirror;
    size_t     most = mirror ? KIN_EMBED_BATCH / 2 : KIN_EMBED_BATCH;
    kin_status status = KIN_OK;
    kin_enter(embedder->ctx);
    for (size_t i = 0; i < count && status == KIN_OK;) {
        size_t n = count - i >= most ? most : 1; /* two batch sizes, so that there are two plans */
        status = run_crops(embedder, pictures + i, faces + i, n, NULL, mirror, vectors + i * embedder->width);
        i += n;
    }
    kin_leave(embedder->ctx);
    return status;
}

static kin_status embed_one(kin_embedder *embedder, const kin_image *picture, const kin_face *face, bool mirror,
                            float *vector)
{
    kin_enter(embedder->ctx);
    kin_status status = run_crops(embedder, &picture, face, 1, NULL, mirror, vector);
    kin_leave(embedder->ctx);
    return status;
}

kin_status kin_embed(kin_embedder *embedder, const kin_image *picture, const kin_face *face, float *vector)
{
    return embed_one(embedder, picture, face, embedder->card.mirror, vector);
}

kin_status kin_embed_single(kin_embedder *embedder, const kin_image *picture, const kin_face *face, float *vector)
{
    return embed_one(embedder, picture, face, false, vector);
}

kin_status kin_embedder_prepare(kin_embedder *embedder)
{
    const kin_card *card = &embedder->card;
    kin_plan       *plan;
    kin_enter(embedder->ctx);
    kin_status status = kin_plans_get(&embedder->plans, card->mirror ? 2 : 1, card->height, card->width, &plan);
    kin_leave(embedder->ctx);
    return status;
}

kin_status kin_embed_crop(kin_embedder *embedder, const kin_image *crop, float *vector)
{
    kin_enter(embedder->ctx);
    kin_status status = run_crops(embedder, NULL, NULL, 1, crop, embedder->card.mirror, vector);
    kin_leave(embedder->ctx);
    return status;
}
