/* SPDX-License-Identifier: Apache-2.0
 *
 * All shapes for the wanted input shapes. A node whose inputs are all known, or that only wants shapes, is run at once, so
 * that SHAPE -> STRIDED_SLICE -> MUL -> RESIZE chains end in numbers.
 *
 * Files that were exported for one batch size carry it in constants: reshape to [1, 128]. The rule: when the caller wants
 * another batch size than the file's first input has (b -> B), a reshape or a slice of a tensor whose first dimension is
 * B here and b in the file, whose constant asks for b in the first place, is asked for B there.
 */
#include <string.h>

#include "nn/plan/evaluate.h"
#include "nn/plan/plan.h"
#include "nn/plan/rewrite.h"

typedef struct {
    kin_plan        *plan;
    const kin_graph *file;
    int64_t          file_batch, batch; /* equal: nothing to replace */
    kin_call_room    room;
} inference;

static kin_status set_input(kin_plan *plan, size_t i, const kin_shape *wanted)
{
    kin_tensor *t = &plan->graph->tensor[plan->graph->input[i]];
    char        text[KIN_SHAPE_TEXT];
    size_t      bytes;
    if (!wanted) {
        for (int d = 0; d < t->shape.rank; d++)
            if (t->shape.dim[d] < 0) t->shape.dim[d] = 1;
    } else {
        if (wanted->rank != t->shape.rank)
            return kin_fail(plan->ctx, KIN_E_USAGE, "input %zu has shape %s of rank %d, expected rank %d", i,
                            kin_shape_text(wanted, text, sizeof text), wanted->rank, t->shape.rank);
        for (int d = 0; d < wanted->rank; d++)
            if (wanted->dim[d] < 1)
                return kin_fail(plan->ctx, KIN_E_USAGE, "input %zu has shape %s, expected dimensions of at least 1", i,
                                kin_shape_text(wanted, text, sizeof text));
        t->shape = *wanted;
    }
    if (!kin_tensor_bytes(t, &bytes) || bytes > plan->ctx->max_memory)
        return kin_fail(plan->ctx, KIN_E_LIMIT, "input %zu of shape %s passes the memory limit of %llu bytes", i,
                        kin_shape_text(&t->shape, text, sizeof text), (unsigned long long)plan->ctx->max_memory);
    return KIN_OK;
}

/* Whether the first dimension of node's x is the batch: the wanted one here, the file's in the file. */
static bool follows_batch(const inference *f, const kin_node *node)
{
    const kin_tensor *x = &f->plan->graph->tensor[node->in[0]];
    if (f->batch == f->file_batch || x->shape.rank < 1 || x->shape.dim[0] != f->batch) return false;
    if ((size_t)node->in[0] >= f->file->tensor_count) return true;
    const kin_shape *was = &f->file->tensor[node->in[0]].shape;
    return was->rank == 0 || was->dim[0] == f->file_batch || was->dim[0] == -1;
}

/* A constant of the file, not one that was computed from shapes. */
static bool of_file(const inference *f, const kin_node *node, size_t in)
{
    return in < node->in_count && node->in[in] >= 0 && (size_t)node->in[in] < f->file->tensor_count &&
           f->file->tensor[node->in[in]].data;
}

/* A copy of an int32 or int64 vector with its first number replaced where it is the file's batch. */
static kin_status replace_first(inference *f, kin_node *node, size_t in)
{
    kin_graph *graph = f->plan->graph;
    kin_tensor t = graph->tensor[node->in[in]];
    int64_t    wide = 0;
    int32_t    narrow = 0;
    size_t     bytes;
    int       *list, id;
    if ((t.type != KIN_INT32 && t.type != KIN_INT64) || !kin_tensor_bytes(&t, &bytes)) return KIN_OK;
    if (bytes < kin_type_size(t.type)) return KIN_OK;
    if (t.type == KIN_INT64)
        memcpy(&wide, t.data, sizeof wide);
    else {
        memcpy(&narrow, t.data, sizeof narrow);
        wide = narrow;
    }
    if (wide != f->file_batch || f->batch > INT32_MAX) return KIN_OK;
    const void *from = t.data;
    KIN_TRY(kin_arena_alloc(&graph->arena, bytes, 1, &t.data));
    memcpy(t.data, from, bytes);
    narrow = (int32_t)f->batch;
    if (t.type == KIN_INT64)
        memcpy(t.data, &f->batch, sizeof f->batch);
    else
        memcpy(t.data, &narrow, sizeof narrow);
    KIN_TRY(kin_arena_alloc(&graph->arena, node->in_count, sizeof *list, &list));
    memcpy(list, node->in, node->in_count * sizeof *list);
    KIN_TRY(kin_graph_tensor(graph, t.name, strlen(t.name), &t, &id));
    list[in] = id;
    node->in = list;
    return KIN_OK;
}

/* The same in reshape's attribute. */
static kin_status replace_attr(inference *f, kin_node *node)
{
    const kin_attr *attr = kin_attr_find(node->op, "shape");
    void           *copy;
    if (!attr || attr->kind != KIN_ATTR_INTS) return KIN_OK;
    const kin_ints *shape = (const kin_ints *)((const char *)node->attrs + attr->offset);
    if (shape->count < 1 || shape->value[0] != f->file_batch) return KIN_OK;
    KIN_TRY(kin_arena_alloc(&f->plan->graph->arena, 1, node->op->attrs_size, &copy));
    memcpy(copy, node->attrs, node->op->attrs_size);
    ((kin_ints *)((char *)copy + attr->offset))->value[0] = f->batch;
    node->attrs = copy;
    return KIN_OK;
}

static kin_status mend_batch(inference *f, kin_node *node)
{
    bool   reshape = !strcmp(node->op->name, "reshape"), slice = !strcmp(node->op->name, "slice");
    size_t list = reshape ? 1 : 2; /* the input that holds the wanted sizes */
    if ((!reshape && !slice) || !follows_batch(f, node)) return KIN_OK;
    if (reshape && kin_node_in(node, 1) < 0) return replace_attr(f, node);
    return of_file(f, node, list) ? replace_first(f, node, list) : KIN_OK;
}

static bool any_later(const kin_plan *plan, const kin_node *node)
{
    for (size_t i = 0; i < node->in_count; i++)
        if (kin_prepared_is_later(plan->prepared, node->in[i])) return true;
    return false;
}

static kin_status infer_node(inference *f, size_t n)
{
    kin_graph *graph = f->plan->graph;
    KIN_TRY(mend_batch(f, &graph->node[n]));
    const kin_node *node = &graph->node[n];
    if (graph->tensor[node->out[0]].data) return KIN_OK; /* run already */
    kin_call call = kin_call_of(graph, node, &f->room);
    KIN_TRY(node->op->infer(&call));
    for (size_t i = 0; i < node->out_count; i++) {
        size_t bytes;
        if (!kin_tensor_bytes(call.out[i], &bytes) || bytes > f->plan->ctx->max_memory)
            return kin_op_fail(&call, KIN_E_LIMIT, "output %zu passes the memory limit of %llu bytes", i,
                               (unsigned long long)f->plan->ctx->max_memory);
    }
    bool known = kin_node_known(graph, node) && !any_later(f->plan, node);
    return known || node->op->of_shapes ? kin_evaluate(graph, node, &call) : KIN_OK;
}

kin_status kin_plan_infer(kin_plan *plan, const kin_graph *file, const kin_shape *shapes)
{
    inference  f = {.plan = plan, .file = file, .file_batch = 1, .batch = 1};
    kin_graph *graph = plan->graph;
    for (size_t i = 0; i < graph->input_count; i++) KIN_TRY(set_input(plan, i, shapes ? &shapes[i] : NULL));
    const kin_shape *was = &file->tensor[file->input[0]].shape, *is = &graph->tensor[graph->input[0]].shape;
    if (was->rank > 1) {
        f.file_batch = was->dim[0] < 0 ? 1 : was->dim[0];
        f.batch = is->dim[0];
    }
    KIN_TRY(kin_call_room_make(graph, &f.room));
    kin_status status = KIN_OK;
    for (size_t n = 0; status == KIN_OK && n < graph->node_count; n++) status = infer_node(&f, n);
    kin_call_room_free(graph, &f.room);
    return status;
}
