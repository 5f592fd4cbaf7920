/* SPDX-License-Identifier: Apache-2.0
 *
 * How a plan runs one node. A *binder* (nn/fast/NAME.c) looks at a node whose shapes are known and, when it has a fast
 * way, fills a kin_exec; a node that no binder wants runs its op's scalar forward.
 *
 * Contract: which kernel is chosen and the order of every sum depend on the shapes (without the batch) and on the CPU
 * level only, never on the number of threads or on how the tasks are split: same model + same level = same bits.
 */
#ifndef KIN_NN_PLAN_EXEC_H
#define KIN_NN_PLAN_EXEC_H

#include "nn/graph.h"

typedef struct kin_exec kin_exec;

/* Runs piece `task`. `scratch` is aligned to 64. No allocation, no errors. The tensors' data pointers are final when
 * this is called (they are NULL while binding, except those of constants): read them from call->in/out here. */
typedef void kin_exec_run(const kin_exec *exec, const kin_call *call, size_t task, void *scratch);

struct kin_exec {
    const char   *kernel;  /* for people: "winograd avx2 4x24"; "scalar" */
    size_t        tasks;   /* pieces of work, any order, may run at the same time */
    size_t        scratch; /* bytes of scratch memory that one running task needs */
    kin_exec_run *run;
    /* More pieces before and behind, for work in up to three phases (pack weights that change, multiply, add partial
     * sums): a phase begins when the one before has ended. NULL: none. */
    kin_exec_run *before, *after;
    size_t        before_tasks, after_tasks;
    size_t        shared_bytes; /* of memory that all tasks of all phases share */
    void         *shared;       /* where it stands when the step runs, aligned to 64 */
    const void *state;  /* the binder's own, from kin_bind_alloc */
    const void *packed; /* packed weights, from kin_bind_pack */
};

typedef struct kin_binder kin_binder; /* nn/plan/ keeps its inside */

/* Memory that lives as long as the plan (small things: offsets, sizes). Cleared. */
kin_status kin_bind_alloc(kin_binder *binder, size_t size, void *out);

/* Packed constants of the present node, kept by the prepared graph and shared by all its plans: `pack` is called when no
 * plan has made the pack called `key` for this node yet (key names kernel and layout: "winograd avx2 16"). `bytes` is
 * counted against the memory limit. */
kin_status kin_bind_pack(kin_binder *binder, const char *key, size_t bytes,
                         void (*pack)(const kin_call *call, const void *state, void *out), const void *state,
                         const void **out);

kin_context *kin_bind_context(kin_binder *binder); /* ctx->cpu is the level; ctx->splitter->width only a hint for `tasks` */

/* Fills *exec and sets *taken, or leaves *taken false when it has no fast way for this call. */
typedef kin_status kin_bind(kin_binder *binder, const kin_op *op, const kin_call *call, kin_exec *exec, bool *taken);

/* The binder of each op, NULL: scalar. In nn/fast/table.c. */
kin_bind *kin_bind_for(const kin_op *op);

#endif
