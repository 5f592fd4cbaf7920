/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a plan: the graph with all shapes known, its steps, its memory.
 * Read infer.c, layout.c, bind.c, plan.c in this order.
 */
#ifndef KIN_NN_PLAN_PLAN_H
#define KIN_NN_PLAN_PLAN_H

#include "nn/plan/exec.h"
#include "nn/plan/prepared.h"

typedef struct {
    const kin_node *node; /* NULL: a copy to an output */
    kin_call        call;
    kin_exec        exec;
    bool            alias;         /* the output stands in the input's memory and is the same bytes: nothing to run */
    size_t          scratch_bytes; /* of one worker, rounded up */
    char           *scratch;
} kin_step;

typedef struct {
    int   tensor; /* of the graph */
    void *data;
} kin_variable;

typedef struct {
    bool keep;  /* every tensor keeps its value until the next run: no memory is used twice */
    bool plain; /* nothing folded or fused but constants */
    /* Tensors whose values stand in the caller's memory, dense and aligned to 64, instead of the plan's: inputs (weights that
     * a trainer changes between runs; they are no constants, nothing is folded or packed ahead), or what a node makes
     * (gradients). */
    const kin_variable *variable;
    size_t              variable_count;
    /* Gets the context's memory with this plan in it: what max_memory must be at least, also when that is why no plan was made.
     * Untouched where it failed before that was known; NULL: nobody asks. */
    uint64_t *needed;
} kin_plan_options;

struct kin_plan {
    kin_context  *ctx;
    kin_graph    *source;
    kin_prepared *prepared;
    kin_graph    *graph; /* the prepared graph's tensor numbers, new ones behind; data: where each value stands */
    kin_arena     arena; /* steps, binders' state */
    kin_step     *step;
    size_t        step_count;
    size_t        workers;
    kin_plan_options options;
    void         *memory;
    size_t        memory_bytes;
    int          *output; /* tensors of the outputs; a copy where the output is an input or a constant */
};

/* kin_plan_new_on with options, for tests and tools. `options` may be NULL. */
kin_status kin_plan_make(kin_context *ctx, kin_graph *graph, const kin_shape *shapes, const kin_plan_options *options,
                         kin_plan **out);
/* Tensor `id` of the graph with its value after a run; NULL when it does not exist in this plan (fused) or has no value
 * of its own. Values are only kept with options.keep. */
const kin_tensor *kin_plan_tensor(const kin_plan *plan, int id);

/* The variable that tensor `id` is, NULL: none. */
const kin_variable *kin_plan_variable(const kin_plan *plan, int id);
/* Runs one step, phase by phase. */
void kin_step_run(const kin_step *step, kin_splitter *splitter);

/* --- the parts --- */

/* Puts the wanted input shapes in and infers all others; nodes whose values are known become constants. `file`: the
 * graph as it was read, for its batch size. */
kin_status kin_plan_infer(kin_plan *plan, const kin_graph *file, const kin_shape *shapes);
/* Makes the steps: a call and an exec for each node, copies for outputs that are inputs or constants. */
kin_status kin_plan_bind(kin_plan *plan);
/* Gives every value its place and allocates the memory. */
kin_status kin_plan_layout(kin_plan *plan);

#endif
