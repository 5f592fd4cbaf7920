/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's networks: plans that one thread each runs, their memory, and whether the outputs are what the stages read.
 */
#include <string.h>

#include "face/detect/mtcnn.h"
#include "face/plans.h"
#include "nn/graph.h"

const char *const kin_mtcnn_file[KIN_MTCNN_NETWORKS] = {"pnet.tflite", "rnet.tflite", "onet.tflite"};

/* Numbers of each output, 0: the network has no such. */
static const int numbers[KIN_MTCNN_NETWORKS][KIN_MTCNN_OUTS] = {{2, 4, 0}, {2, 4, 0}, {2, 4, 2 * KIN_POINTS}};

/* [n, across, down, numbers], for crops (across 0) any shape of that many elements between n and numbers. */
static bool fits(const kin_plan *plan, size_t i, int64_t n, int64_t across, int64_t down, int64_t count)
{
    kin_shape s = kin_plan_output_shape(plan, i);
    if (kin_plan_output_type(plan, i) != KIN_FLOAT32 || s.rank < 2 || s.rank > 4 || s.dim[0] != n || s.dim[s.rank - 1] != count)
        return false;
    if (across) return s.rank == 4 && s.dim[1] == across && s.dim[2] == down;
    for (int d = 1; d < s.rank - 1; d++)
        if (s.dim[d] != 1) return false;
    return true;
}

/* Finds the outputs by their shapes: files keep no order of them that one could rely on. */
static kin_status find_outputs(kin_context *ctx, int network, kin_mtcnn_slot *slot, const kin_graph *graph)
{
    const bool    maps = network == KIN_PNET;
    const int64_t n = slot->shape.dim[0];
    const int64_t across = maps ? kin_mtcnn_cells((int)slot->shape.dim[1]) : 0;
    const int64_t down = maps ? kin_mtcnn_cells((int)slot->shape.dim[2]) : 0;
    for (int which = 0; which < KIN_MTCNN_OUTS; which++) {
        const int wanted = numbers[network][which];
        slot->output[which] = -1;
        for (size_t i = 0; i < kin_graph_outputs(graph) && wanted; i++)
            if (fits(slot->plan, i, n, across, down, wanted)) slot->output[which] = (int)i;
        if (!wanted || slot->output[which] >= 0) continue;
        char shape[KIN_SHAPE_TEXT], expected[KIN_SHAPE_TEXT];
        kin_shape want = maps ? kin_shape_make(4, (const int64_t[]){n, across, down, wanted})
                              : kin_shape_make(2, (const int64_t[]){n, wanted});
        return kin_fail(ctx, KIN_E_FORMAT, "%s: no output is float32 %s, which that network of MTCNN gives for an input of %s",
                        kin_mtcnn_file[network], kin_shape_text(&want, expected, sizeof expected),
                        kin_shape_text(&slot->shape, shape, sizeof shape));
    }
    return KIN_OK;
}

/* --- plans --- */

/* What the plans hold counts against the caller's limit. */
static void charge(kin_mtcnn *m)
{
    uint64_t now = atomic_load(&m->solo.memory);
    atomic_fetch_add(&m->ctx->memory, now - m->charged); /* may wrap: then it is a subtraction */
    m->charged = now;
}

void kin_mtcnn_plan_drop(kin_mtcnn *m, int network, size_t i)
{
    kin_mtcnn_slot *slot = &m->slot[network][i];
    kin_plan_free(slot->plan);
    *slot = (kin_mtcnn_slot){0};
    charge(m);
}

kin_status kin_mtcnn_plan(kin_mtcnn *m, int network, size_t i, int n, int width, int height)
{
    kin_mtcnn_slot *slot = &m->slot[network][i];
    kin_shape       shape = kin_shape_make(4, (const int64_t[]){n, width, height, 3});
    if (slot->plan && kin_shape_equal(&slot->shape, &shape)) return KIN_OK;
    kin_mtcnn_plan_drop(m, network, i);
    uint64_t used = atomic_load(&m->ctx->memory);
    m->solo.max_memory = m->charged + (m->ctx->max_memory > used ? m->ctx->max_memory - used : 0);
    kin_status status = kin_plan_new_on(&m->solo, m->graph[network], &shape, &slot->plan);
    charge(m);
    if (status != KIN_OK) return kin_fail(m->ctx, status, "%s: %s", kin_mtcnn_file[network], m->solo.error);
    slot->shape = shape;
    status = find_outputs(m->ctx, network, slot, m->graph[network]);
    if (status != KIN_OK) kin_mtcnn_plan_drop(m, network, i);
    return status;
}

/* --- the whole --- */

static size_t slots(const kin_mtcnn *m, int network)
{
    return network == KIN_PNET ? KIN_MTCNN_LEVELS_MAX * m->workers : m->workers;
}

/* Small plans say whether the networks fit: P-Net's for a size whose cells tell width from height. */
static kin_status check(kin_mtcnn *m)
{
    static const int side[KIN_MTCNN_NETWORKS][2] = {{33, 20}, {24, 24}, {48, 48}};
    for (int k = 0; k < KIN_MTCNN_NETWORKS; k++) {
        kin_status status = kin_plans_check(m->ctx, m->graph[k], kin_mtcnn_file[k]);
        if (status == KIN_OK) status = kin_mtcnn_plan(m, k, 0, 1, side[k][0], side[k][1]);
        KIN_TRY(status);
    }
    return KIN_OK;
}

kin_status kin_mtcnn_new(kin_context *ctx, kin_graph *const graph[KIN_MTCNN_NETWORKS], kin_mtcnn **out)
{
    kin_mtcnn *m;
    *out = NULL;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *m, &m));
    m->ctx = ctx;
    m->workers = ctx->splitter->width;
    kin_context_init(&m->solo);
    m->solo.allocate = ctx->allocate;
    m->solo.release = ctx->release;
    m->solo.user = ctx->user;
    m->solo.cpu = ctx->cpu;
    memcpy(m->graph, graph, sizeof m->graph);
    kin_status status = KIN_OK;
    for (int k = 0; k < KIN_MTCNN_NETWORKS && status == KIN_OK; k++)
        status = kin_alloc_zero(ctx, slots(m, k), sizeof **m->slot, &m->slot[k]);
    if (status == KIN_OK) status = check(m);
    if (status == KIN_OK)
        *out = m;
    else
        kin_mtcnn_free(m);
    return status;
}

kin_graph *const *kin_mtcnn_graphs(const kin_mtcnn *m)
{
    return m->graph;
}

void kin_mtcnn_free(kin_mtcnn *m)
{
    if (!m) return;
    for (int k = 0; k < KIN_MTCNN_NETWORKS; k++) {
        for (size_t i = 0; m->slot[k] && i < slots(m, k); i++)
            if (m->slot[k][i].plan) kin_mtcnn_plan_drop(m, k, i);
        kin_release(m->ctx, m->slot[k]);
    }
    kin_release(m->ctx, m);
}
