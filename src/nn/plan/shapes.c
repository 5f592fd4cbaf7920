/* SPDX-License-Identifier: Apache-2.0
 *
 * All shapes are inferred for one choice of the unknown dimensions and, where there are any, for another: what differs
 * between the two is unknown too.
 */
#include "nn/plan/shapes.h"

#include <string.h>

#include "nn/plan/evaluate.h"
#include "nn/plan/rewrite.h"

enum { SMALL = 64 }; /* elements of values that are computed on the way: sizes, axes, paddings are smaller */

/* Sizes for unknown dimensions, the first that the ops take counts. */
static const int64_t choices[] = {64, 1, 160, 320};

/* The first dimension counts pictures. */
static int64_t chosen(int64_t dim, int d, int64_t size, int64_t pictures)
{
    return dim >= 0 ? dim : d == 0 ? pictures : size;
}

static kin_status infer_node(kin_graph *graph, const kin_node *node, const kin_call_room *room)
{
    kin_call call = kin_call_of(graph, node, room);
    size_t   count;
    bool     small = true;
    KIN_TRY(node->op->infer(&call));
    if (!node->op->of_shapes && !kin_node_known(graph, node)) return KIN_OK;
    for (size_t i = 0; i < node->out_count; i++)
        small = small && kin_shape_elements(&call.out[i]->shape, &count) && count <= SMALL;
    return small ? kin_evaluate(graph, node, &call) : KIN_OK;
}

/* Infers all of a copy; *known: the number of nodes that took their inputs. */
static kin_status infer_all(kin_graph *copy, int64_t size, int64_t pictures, size_t *known)
{
    kin_call_room room;
    kin_status    status = KIN_OK;
    for (size_t i = 0; i < copy->input_count; i++) {
        kin_shape *shape = &copy->tensor[copy->input[i]].shape;
        for (int d = 0; d < shape->rank; d++) shape->dim[d] = chosen(shape->dim[d], d, size, pictures);
    }
    KIN_TRY(kin_call_room_make(copy, &room));
    for (*known = 0; *known < copy->node_count; ++*known) {
        status = infer_node(copy, &copy->node[*known], &room);
        if (status != KIN_OK) break;
    }
    kin_call_room_free(copy, &room);
    return status;
}

/* What the file says of a value agrees with what it is: then it stays. */
static bool agrees(const kin_shape *declared, const kin_shape *is)
{
    if (declared->rank != is->rank) return false;
    for (int d = 0; d < is->rank; d++)
        if (declared->dim[d] != -1 && declared->dim[d] != is->dim[d]) return false;
    return true;
}

/* Scales may stand in the copy that they were inferred in. */
static kin_status own_quant(kin_graph *graph, const kin_quant *from, kin_quant *out)
{
    float   *scale;
    int64_t *zero_point;
    *out = *from;
    if (!from->count) return KIN_OK;
    KIN_TRY(kin_arena_alloc(&graph->arena, from->count, sizeof *scale, &scale));
    KIN_TRY(kin_arena_alloc(&graph->arena, from->count, sizeof *zero_point, &zero_point));
    memcpy(scale, from->scale, from->count * sizeof *scale);
    memcpy(zero_point, from->zero_point, from->count * sizeof *zero_point);
    out->scale = scale;
    out->zero_point = zero_point;
    return KIN_OK;
}

/* A value with the shape `is`, and `other` for the other choice; NULL: not known. */
static kin_status declare(kin_graph *graph, kin_tensor *t, const kin_tensor *is, const kin_tensor *other)
{
    t->type = is->type;
    KIN_TRY(own_quant(graph, &is->quant, &t->quant));
    if (agrees(&t->shape, &is->shape)) return KIN_OK;
    t->shape = is->shape;
    for (int d = 0; other && d < is->shape.rank && other->shape.rank == is->shape.rank; d++)
        if (other->shape.dim[d] != is->shape.dim[d]) t->shape.dim[d] = -1;
    return KIN_OK;
}

/* `known`: so many nodes of `other` took their inputs. */
static kin_status declare_all(kin_graph *graph, const kin_graph *one, const kin_graph *other, size_t known)
{
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->node[n].out_count; i++) {
            int id = graph->node[n].out[i];
            KIN_TRY(declare(graph, &graph->tensor[id], &one->tensor[id], other && n < known ? &other->tensor[id] : NULL));
        }
    return KIN_OK;
}

static bool any_unknown(const kin_graph *graph)
{
    for (size_t i = 0; i < graph->input_count; i++) {
        const kin_shape *shape = &graph->tensor[graph->input[i]].shape;
        for (int d = 0; d < shape->rank; d++)
            if (shape->dim[d] < 0) return true;
    }
    return false;
}

static kin_status copy_and_infer(const kin_graph *graph, int64_t size, int64_t pictures, kin_graph **out, size_t *known)
{
    KIN_TRY(kin_graph_copy(graph->ctx, graph, out));
    return infer_all(*out, size, pictures, known);
}

/* *one: inferred for the first choice that goes; its size. */
static kin_status infer_first(const kin_graph *graph, bool unknown, kin_graph **one, int64_t *size, size_t *known)
{
    kin_status status = KIN_OK;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        kin_graph_free(*one);
        *size = choices[i];
        status = copy_and_infer(graph, *size, 1, one, known);
        if (status == KIN_OK || status == KIN_E_MEMORY || !unknown) break;
    }
    return status;
}

kin_status kin_graph_declare(kin_graph *graph, kin_shape **sample)
{
    kin_graph *one = NULL, *other = NULL;
    int64_t    size;
    size_t     known = 0;
    bool       unknown = any_unknown(graph);
    kin_status status = infer_first(graph, unknown, &one, &size, &known);
    if (status == KIN_OK && unknown) {
        status = copy_and_infer(graph, 2 * size, 2, &other, &known);
        if (status != KIN_E_MEMORY && other) status = KIN_OK; /* a file made for one picture: the rest stays as it is */
    }
    if (status == KIN_OK) status = kin_arena_alloc(&graph->arena, graph->tensor_count, sizeof **sample, sample);
    if (status == KIN_OK) status = declare_all(graph, one, other, known);
    for (size_t i = 0; status == KIN_OK && i < graph->tensor_count; i++) (*sample)[i] = one->tensor[i].shape;
    kin_graph_free(other);
    kin_graph_free(one);
    return status;
}
