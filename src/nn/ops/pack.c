/* SPDX-License-Identifier: Apache-2.0
 *
 * pack: the inputs, all of one shape, along a new axis, which counts in the output's rank.
 *
 * TensorFlow: Pack (stack); TensorFlow Lite: PACK (lite/kernels/pack.cc).
 */
#include "nn/ops/parts.h"

typedef struct {
    int64_t axis;
} kin_pack_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_pack;
    int           axis;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_expect_rank(call, 0, 0, KIN_RANK_MAX - 1));
    const kin_shape *x = &call->in[0]->shape;
    kin_shape        out = {0, {0}};
    KIN_TRY(kin_expect_axis(call, ((const kin_pack_attrs *)call->attrs)->axis, x->rank + 1, &axis));
    for (size_t i = 1; i < call->in_count; i++) {
        if (!call->in[i]) return kin_op_fail(call, KIN_E_FORMAT, "pack: input %zu is missing", i);
        KIN_TRY(kin_op_same_type(call, op, 0, i));
        if (!kin_shape_equal(x, &call->in[i]->shape)) {
            char one[KIN_SHAPE_TEXT], two[KIN_SHAPE_TEXT];
            return kin_op_fail(call, KIN_E_FORMAT, "pack: shapes %s and %s (input %zu) differ",
                               kin_shape_text(x, one, sizeof one),
                               kin_shape_text(&call->in[i]->shape, two, sizeof two), i);
        }
    }
    for (int d = 0; d <= x->rank; d++) {
        if (d == axis) out.dim[out.rank++] = (int64_t)call->in_count;
        if (d < x->rank) out.dim[out.rank++] = x->dim[d];
    }
    return kin_op_result_like(call, 0, 0, &out);
}

static void forward(const kin_call *call)
{
    kin_join_forward(call, ((const kin_pack_attrs *)call->attrs)->axis);
}

static void backward(const kin_back *back)
{
    kin_join_backward(back, ((const kin_pack_attrs *)back->call->attrs)->axis);
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 4, 4);
    kin_type  type = kin_draw_type(draw_, KIN_SET_ANY);
    size_t    count = (size_t)kin_draw_range(draw_, 1, 5);
    ((kin_pack_attrs *)draw_->attrs)->axis = kin_draw_range(draw_, -x.rank - 1, x.rank);
    draw_->out_count = 1;
    for (size_t i = 0; i < count; i++) KIN_TRY(kin_draw_tensor(draw_, i, type, x, 0, 99, false));
    return KIN_OK;
}

static const kin_attr attributes[] = {
    {"axis", KIN_ATTR_INT, offsetof(kin_pack_attrs, axis), "0", NULL, "where the new dimension stands"},
};

const kin_op kin_op_pack = {
    .name = "pack",
    .summary = "joins tensors along a new axis",
    .inputs = "x...",
    .in_min = 1,
    .in_max = KIN_MANY,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_pack_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = UINT64_MAX,
    .draw = draw,
};
