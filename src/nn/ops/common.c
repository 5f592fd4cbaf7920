/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ops' files share: checks for infer, results, the walk, random shapes. See common.h.
 */
#include "nn/ops/common.h"

#include <stdio.h>

const char *kin_op_input_name(const kin_op *op, size_t in, char *out, size_t size)
{
    const char *at = op->inputs ? op->inputs : "";
    for (size_t i = 0; i < in; i++) {
        const char *space = strchr(at, ' ');
        if (!space) break; /* "x...": the last name stands for all behind it */
        at = space + 1;
    }
    int length = (int)strcspn(at, " ?.");
    if (op->in_max == KIN_MANY)
        snprintf(out, size, "%.*s %zu", length, at, in);
    else
        snprintf(out, size, "%.*s", length, at);
    return out;
}

kin_status kin_op_begin(const kin_call *call, const kin_op *op)
{
    char name[KIN_INPUT_NAME];
    if (call->in_count < (size_t)op->in_min || call->in_count > (size_t)op->in_max)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: %zu inputs, expected %d to %d", op->name, call->in_count,
                           op->in_min, op->in_max);
    if (call->out_count < (size_t)op->out_min || call->out_count > (size_t)op->out_max)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: %zu outputs, expected %d to %d", op->name, call->out_count,
                           op->out_min, op->out_max);
    for (size_t i = 0; i < call->in_count; i++) {
        const kin_tensor *t = call->in[i];
        kin_op_input_name(op, i, name, sizeof name);
        if (!t) {
            if (i < (size_t)op->in_min)
                return kin_op_fail(call, KIN_E_FORMAT, "%s: input %s is missing", op->name, name);
            continue;
        }
        if ((int)t->type < 0 || t->type >= KIN_TYPES || t->shape.rank < 0 || t->shape.rank > KIN_RANK_MAX)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: input %s: type %d, rank %d, expected a rank of at most %d",
                               op->name, name, (int)t->type, t->shape.rank, KIN_RANK_MAX);
        size_t bytes;
        if (!kin_tensor_bytes(t, &bytes)) {
            char shape[KIN_SHAPE_TEXT];
            return kin_op_fail(call, KIN_E_FORMAT, "%s: input %s: impossible shape %s", op->name, name,
                               kin_shape_text(&t->shape, shape, sizeof shape));
        }
    }
    for (size_t i = 0; i < call->out_count; i++)
        if (!call->out[i]) return kin_op_fail(call, KIN_E_FORMAT, "%s: output %zu is missing", op->name, i);
    return KIN_OK;
}

kin_status kin_op_type(const kin_call *call, const kin_op *op, size_t in, unsigned set)
{
    kin_type type = call->in[in]->type;
    if (set >> type & 1) return KIN_OK;
    char name[KIN_INPUT_NAME], wanted[100];
    size_t length = 0;
    kin_op_input_name(op, in, name, sizeof name);
    wanted[0] = 0;
    for (int t = 0; t < KIN_TYPES && length < sizeof wanted; t++)
        if (set >> t & 1)
            length += (size_t)snprintf(wanted + length, sizeof wanted - length, "%s%s", length ? " or " : "",
                                       kin_type_name((kin_type)t));
    if (type == KIN_INT8 || type == KIN_UINT8 || type == KIN_INT16)
        return kin_op_fail(call, KIN_E_UNSUPPORTED,
                           "%s: input %s is %s: quantised arithmetic is not supported, expected %s", op->name, name,
                           kin_type_name(type), wanted);
    return kin_op_fail(call, KIN_E_UNSUPPORTED, "%s: input %s is %s, expected %s", op->name, name, kin_type_name(type),
                       wanted);
}

kin_status kin_op_same_type(const kin_call *call, const kin_op *op, size_t a, size_t b)
{
    if (call->in[a]->type == call->in[b]->type) return KIN_OK;
    char name_a[KIN_INPUT_NAME], name_b[KIN_INPUT_NAME];
    return kin_op_fail(call, KIN_E_FORMAT, "%s: input %s is %s, input %s is %s, expected the same type", op->name,
                       kin_op_input_name(op, a, name_a, sizeof name_a), kin_type_name(call->in[a]->type),
                       kin_op_input_name(op, b, name_b, sizeof name_b), kin_type_name(call->in[b]->type));
}

kin_status kin_op_not_empty(const kin_call *call, const kin_op *op, size_t in)
{
    if (kin_count(&call->in[in]->shape)) return KIN_OK;
    char name[KIN_INPUT_NAME], shape[KIN_SHAPE_TEXT];
    return kin_op_fail(call, KIN_E_FORMAT, "%s: input %s is empty: %s", op->name,
                       kin_op_input_name(op, in, name, sizeof name),
                       kin_shape_text(&call->in[in]->shape, shape, sizeof shape));
}

kin_status kin_op_result(const kin_call *call, size_t i, kin_type type, const kin_shape *shape)
{
    kin_tensor *out = call->out[i];
    kin_tensor  probe = {"", type, *shape, {0, 0, NULL, NULL}, NULL};
    size_t      bytes;
    if (shape->rank > KIN_RANK_MAX || !kin_tensor_bytes(&probe, &bytes)) {
        char text[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "output %zu: impossible shape %s", i,
                           kin_shape_text(shape, text, sizeof text));
    }
    out->type = type;
    out->shape = *shape;
    out->quant = probe.quant;
    return KIN_OK;
}

kin_status kin_op_result_like(const kin_call *call, size_t i, size_t in, const kin_shape *shape)
{
    kin_quant quant = call->in[in]->quant;
    if (quant.count > 1)
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "input %zu is quantised along axis %d: expected one scale", in,
                           quant.axis);
    KIN_TRY(kin_op_result(call, i, call->in[in]->type, shape));
    call->out[i]->quant = quant;
    return KIN_OK;
}

kin_ints kin_op_ints(const kin_tensor *tensor)
{
    kin_ints ints = {0, {0}};
    size_t   count = kin_count(&tensor->shape);
    for (size_t i = 0; i < count && i < KIN_INTS_MAX; i++) ints.value[ints.count++] = kin_int_at(tensor, i);
    return ints;
}

/* --- the walk --- */

kin_walk kin_walk_make(const kin_shape *shape)
{
    kin_walk walk = {.rank = shape->rank};
    for (int d = 0; d < shape->rank; d++) walk.dim[d] = shape->dim[d];
    return walk;
}

void kin_dense_steps(const kin_shape *shape, int64_t step[KIN_RANK_MAX])
{
    int64_t dense = 1;
    for (int d = shape->rank - 1; d >= 0; d--) {
        step[d] = dense;
        dense *= shape->dim[d];
    }
}

void kin_walk_broadcast(kin_walk *walk, const kin_shape *source)
{
    int64_t dense[KIN_RANK_MAX], *step = walk->step[walk->sources++];
    int     lead = walk->rank - source->rank;
    kin_dense_steps(source, dense);
    for (int d = 0; d < walk->rank; d++) step[d] = d < lead || source->dim[d - lead] == 1 ? 0 : dense[d - lead];
}

void kin_walk_copy(kin_walk walk, const void *x, void *y, size_t size)
{
    const char *from = x;
    char       *to = y;
    size_t      count = 1, run = 1;
    for (int d = 0; d < walk.rank; d++) count *= (size_t)walk.dim[d];
    /* Trailing dimensions that lie densely in the source are copied at once. */
    while (walk.rank > 0 && walk.step[0][walk.rank - 1] == (int64_t)run) run *= (size_t)walk.dim[--walk.rank];
    for (size_t i = 0; i < count; i += run, to += run * size, kin_walk_next(&walk))
        memcpy(to, from + walk.offset[0] * (int64_t)size, run * size);
}

void kin_walk_put(kin_walk walk, const void *x, void *y, size_t size)
{
    const char *from = x;
    size_t      count = 1, run = 1;
    for (int d = 0; d < walk.rank; d++) count *= (size_t)walk.dim[d];
    while (walk.rank > 0 && walk.step[0][walk.rank - 1] == (int64_t)run) run *= (size_t)walk.dim[--walk.rank];
    for (size_t i = 0; i < count; i += run, from += run * size, kin_walk_next(&walk))
        memcpy((char *)y + walk.offset[0] * (int64_t)size, from, run * size);
}

kin_walk kin_walk_split(kin_walk *walk, const kin_shape *narrow, size_t *each)
{
    kin_walk inner = *walk;
    *each = 1;
    for (int d = 0; d < inner.rank; d++) {
        int  from = d - (inner.rank - narrow->rank);
        bool stays = from >= 0 && narrow->dim[from] == inner.dim[d];
        if (!stays) *each *= (size_t)inner.dim[d];
        (stays ? &inner : walk)->dim[d] = 1;
    }
    for (int s = 0; s < inner.sources; s++) inner.offset[s] = 0;
    return inner;
}

bool kin_broadcast(const kin_shape *a, const kin_shape *b, kin_shape *out)
{
    kin_shape shape = {a->rank > b->rank ? a->rank : b->rank, {0}};
    for (int d = 1; d <= shape.rank; d++) {
        int64_t x = d <= a->rank ? a->dim[a->rank - d] : 1, y = d <= b->rank ? b->dim[b->rank - d] : 1;
        if (x != y && x != 1 && y != 1) return false;
        shape.dim[shape.rank - d] = x == 1 ? y : x;
    }
    *out = shape;
    return true;
}

/* --- for draw --- */

kin_shape kin_draw_shape(kin_draw *draw, int least, int most, int64_t largest)
{
    kin_shape shape = {(int)kin_draw_range(draw, least, most), {0}};
    for (int d = 0; d < shape.rank; d++) shape.dim[d] = kin_draw_range(draw, 1, largest);
    return shape;
}

kin_shape kin_draw_narrower(kin_draw *draw, const kin_shape *shape)
{
    int       lead = (int)kin_draw_range(draw, 0, shape->rank);
    kin_shape narrow = {shape->rank - lead, {0}};
    for (int d = 0; d < narrow.rank; d++) narrow.dim[d] = kin_draw_flip(draw) ? shape->dim[d + lead] : 1;
    return narrow;
}

kin_type kin_draw_type(kin_draw *draw, unsigned set)
{
    kin_type type;
    do type = (kin_type)kin_draw_range(draw, 0, KIN_TYPES - 1);
    while (!(set >> type & 1));
    return type;
}
