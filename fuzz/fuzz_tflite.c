/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes as a model file: read, plan for the file's shapes and for a batch of two, run when it is small. Whatever the
 * bytes are, each step ends with a status and gives all memory back. The file's length says which CPU level's kernels run
 * and in how many pieces, so that the same file always takes the same way.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "format/card/card.h"
#include "format/tflite/metadata.h"
#include "kin/model.h"
#include "nn/graph.h"
#include "nn/plan/describe.h"

enum { MEMORY = 64 << 20 };
enum { RUN_MACS = 2000000, RUN_BYTES = 1 << 20 };

/* Small enough that a run takes no more than a moment. */
static bool small(const kin_plan *plan)
{
    kin_row_totals totals;
    return kin_plan_totals(plan, &totals) == KIN_OK && totals.macs <= RUN_MACS && totals.arena_bytes <= RUN_BYTES;
}

/* As threads would: three workers' scratch, the last piece first. */
static void run_backwards(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    for (size_t i = count; i-- > 0;) task(arg, i, i % self->width);
}

static kin_splitter backwards = {3, run_backwards};

static void choose(kin_context *ctx, size_t size)
{
    static const kin_cpu level[] = {KIN_CPU_AVX2, KIN_CPU_SSE41, KIN_CPU_SCALAR};
    if (size % 4 && kin_cpu_has(level[size % 4 - 1])) ctx->cpu = level[size % 4 - 1]; /* else the best there is */
    if (size % 3) ctx->splitter = &backwards;
}

/* Numbers that are none of 0, NaN or huge for floating point; indices far out of range. */
static void fill(void *data, size_t bytes, kin_type type)
{
    memset(data, type == KIN_BOOL ? 1 : 0x3F, bytes);
}

static void plan_and_run(kin_graph *graph, const kin_shape *shapes)
{
    kin_plan *plan;
    if (kin_plan_new(graph, shapes, &plan) != KIN_OK) return;
    if (small(plan)) {
        for (size_t i = 0; i < kin_graph_inputs(graph); i++) {
            kin_shape shape = kin_plan_input_shape(plan, i);
            size_t    bytes = kin_count(&shape) * kin_type_size(kin_plan_input_type(plan, i));
            if (shapes) fill(kin_plan_input(plan, i), bytes, kin_plan_input_type(plan, i));
            else memset(kin_plan_input(plan, i), 0, bytes);
        }
        if (kin_plan_run(plan) != KIN_OK) abort();
    }
    kin_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kin_context ctx;
    kin_graph  *graph;
    kin_card    card;
    const char **label;
    size_t      labels;
    kin_context_init(&ctx);
    ctx.max_memory = MEMORY;
    choose(&ctx, size);
    if (kin_graph_read_memory(&ctx, data, size, &graph) == KIN_OK) {
        kin_shape shapes[8];
        kin_graph_card(graph, &card);
        kin_tflite_labels(graph, &label, &labels);
        plan_and_run(graph, NULL);
        for (size_t i = 0; i < kin_graph_inputs(graph) && i < 8; i++) {
            shapes[i] = kin_graph_input_shape(graph, i);
            for (int d = 0; d < shapes[i].rank; d++)
                if (shapes[i].dim[d] < 0) shapes[i].dim[d] = d == 0 ? 2 : 4;
        }
        if (kin_graph_inputs(graph) <= 8) plan_and_run(graph, shapes);
        kin_graph_free(graph);
    } else if (!*kin_error(&ctx))
        abort(); /* no message */
    if (ctx.memory != 0) abort();
    return 0;
}
