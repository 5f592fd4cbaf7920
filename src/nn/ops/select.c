/* SPDX-License-Identifier: Apache-2.0
 *
 * select: z = x where the condition holds, y elsewhere; all three broadcast. Any element type.
 *
 * TensorFlow: SelectV2 (where); TensorFlow Lite: SELECT_V2 and SELECT (lite/kernels/select.cc). The old SELECT's vector
 * condition that picks whole rows of x and y of higher rank is broadcast along the first axis, see infer.
 */
#include "nn/ops/common.h"

enum { CONDITION, X, Y };

/* The old form: a vector condition and x, y of one shape whose first dimension is as long. */
static bool picks_rows(const kin_call *call)
{
    const kin_shape *c = &call->in[CONDITION]->shape, *x = &call->in[X]->shape, *y = &call->in[Y]->shape;
    kin_shape        probe;
    return c->rank == 1 && x->rank > 1 && kin_shape_equal(x, y) && c->dim[0] == x->dim[0] && !kin_broadcast(c, x, &probe);
}

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_select;
    kin_shape     out;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, CONDITION, KIN_SET_BOOL));
    KIN_TRY(kin_op_same_type(call, op, X, Y));
    if (picks_rows(call)) return kin_op_result_like(call, 0, X, &call->in[X]->shape);
    if (!kin_broadcast(&call->in[CONDITION]->shape, &call->in[X]->shape, &out) ||
        !kin_broadcast(&out, &call->in[Y]->shape, &out)) {
        char c[KIN_SHAPE_TEXT], x[KIN_SHAPE_TEXT], y[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "select: shapes %s, %s, %s do not broadcast",
                           kin_shape_text(&call->in[CONDITION]->shape, c, sizeof c),
                           kin_shape_text(&call->in[X]->shape, x, sizeof x),
                           kin_shape_text(&call->in[Y]->shape, y, sizeof y));
    }
    return kin_op_result_like(call, 0, X, &out);
}

/* The output's elements in order; the source is the condition. */
static kin_walk condition_walk(const kin_call *call)
{
    kin_walk walk = kin_walk_make(&call->out[0]->shape);
    if (picks_rows(call)) {
        walk.sources = 1;
        walk.step[0][0] = 1;
    } else {
        kin_walk_broadcast(&walk, &call->in[CONDITION]->shape);
    }
    return walk;
}

static void forward(const kin_call *call)
{
    const uint8_t *condition = call->in[CONDITION]->data;
    const char    *source[2] = {call->in[Y]->data, call->in[X]->data};
    char          *z = call->out[0]->data;
    size_t         size = kin_type_size(call->out[0]->type), count = kin_count(&call->out[0]->shape);
    kin_walk       walk = condition_walk(call);
    kin_walk_broadcast(&walk, &call->in[Y]->shape);
    kin_walk_broadcast(&walk, &call->in[X]->shape);
    for (size_t i = 0; i < count; i++, z += size, kin_walk_next(&walk)) {
        int holds = condition[walk.offset[0]] != 0;
        memcpy(z, source[holds] + (size_t)walk.offset[1 + holds] * size, size);
    }
}

/* The gradient by x (wanted: true) or y: dy where it was taken, summed over what was broadcast. */
static void gradient(const kin_back *back, kin_tensor *by, bool wanted)
{
    const uint8_t *condition = back->call->in[CONDITION]->data;
    const float   *dy = back->dy[0]->data;
    kin_walk       outer = condition_walk(back->call);
    size_t         each, own = kin_count(&by->shape);
    kin_walk_broadcast(&outer, &back->dy[0]->shape);
    kin_walk inner = kin_walk_split(&outer, &by->shape, &each);
    for (size_t k = 0; k < own; k++, kin_walk_next(&outer)) {
        double sum = 0;
        for (size_t m = 0; m < each; m++, kin_walk_next(&inner))
            if ((condition[outer.offset[0] + inner.offset[0]] != 0) == wanted) sum += dy[outer.offset[1] + inner.offset[1]];
        ((float *)by->data)[k] = (float)sum;
    }
}

static void backward(const kin_back *back)
{
    if (back->dx[X]) gradient(back, back->dx[X], true);
    if (back->dx[Y]) gradient(back, back->dx[Y], false);
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape full = kin_draw_shape(draw_, 0, 5, 5);
    kin_type  type = kin_draw_type(draw_, KIN_SET_ANY);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, CONDITION, KIN_BOOL, kin_draw_narrower(draw_, &full), 0, 1, false));
    KIN_TRY(kin_draw_tensor(draw_, X, type, kin_draw_narrower(draw_, &full), 0, 99, false));
    return kin_draw_tensor(draw_, Y, type, kin_draw_narrower(draw_, &full), 0, 99, false);
}

const kin_op kin_op_select = {
    .name = "select",
    .summary = "x where the condition holds, else y",
    .inputs = "condition x y",
    .in_min = 3,
    .in_max = 3,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1u << X | 1u << Y,
    .backward_reads = {[X] = {1u << CONDITION, 0}, [Y] = {1u << CONDITION, 0}},
    .draw = draw,
};
