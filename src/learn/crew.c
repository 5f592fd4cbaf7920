/* SPDX-License-Identifier: Apache-2.0
 *
 * Contexts for threads that read pictures.
 */
#include "learn/crew.h"

static kin_status open_hand(kin_context *ctx, uint64_t memory, kin_detector *detector, kin_hand *hand)
{
    hand->ctx = kin_context_new(&(kin_options){.threads = 1, .max_memory = memory, .max_pixels = ctx->max_pixels,
                                               .cpu = kin_cpu_name(ctx), .allocate = ctx->allocate, .release = ctx->release,
                                               .user = ctx->user});
    if (!hand->ctx) return kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    if (!detector) return KIN_OK;
    kin_status status = kin_detector_share(hand->ctx, detector, &hand->detector);
    return status == KIN_OK ? KIN_OK : kin_fail(ctx, status, "%s", kin_error(hand->ctx));
}

kin_status kin_crew_open(kin_context *ctx, size_t wanted, uint64_t bytes, kin_detector *detector, kin_crew *crew)
{
    uint64_t half = (ctx->max_memory - ctx->memory) / 2, fit = half / bytes;
    size_t   count = fit < wanted ? (size_t)fit : wanted;
    if (fit == 0) bytes = half, count = 1;
    *crew = (kin_crew){.ctx = ctx};
    KIN_TRY(kin_alloc_zero(ctx, count, sizeof *crew->hand, &crew->hand));
    crew->count = count;
    crew->held = count * bytes;
    ctx->memory += crew->held; /* each hand counts for itself below its own limit */
    for (size_t i = 0; i < count; i++) {
        kin_status status = open_hand(ctx, bytes, detector, &crew->hand[i]);
        if (status == KIN_OK) continue;
        kin_crew_close(crew);
        return status;
    }
    return KIN_OK;
}

void kin_crew_close(kin_crew *crew)
{
    for (size_t i = 0; i < crew->count; i++) {
        kin_detector_free(crew->hand[i].detector);
        kin_context_free(crew->hand[i].ctx);
    }
    if (crew->ctx) {
        crew->ctx->memory -= crew->held;
        kin_release(crew->ctx, crew->hand);
    }
    *crew = (kin_crew){0};
}
