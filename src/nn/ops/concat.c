/* SPDX-License-Identifier: Apache-2.0
 *
 * concat: the inputs one after the other along the axis; all other dimensions agree.
 *
 * TensorFlow: ConcatV2; TensorFlow Lite: CONCATENATION (lite/kernels/internal/reference/concatenation.h).
 */
#include "nn/ops/parts.h"

typedef struct {
    int64_t axis;
} kin_concat_attrs;

/* Whether two tensors mean the same by the same bytes. */
static bool same_quant(const kin_quant *a, const kin_quant *b)
{
    if (a->count != b->count || a->count > 1) return false;
    return a->count == 0 || (a->scale[0] == b->scale[0] && a->zero_point[0] == b->zero_point[0]);
}

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_concat;
    int           axis;
    KIN_TRY(kin_op_begin(call, op));
    kin_shape out = call->in[0]->shape;
    KIN_TRY(kin_expect_axis(call, ((const kin_concat_attrs *)call->attrs)->axis, out.rank, &axis));
    for (size_t i = 1; i < call->in_count; i++) {
        if (!call->in[i]) return kin_op_fail(call, KIN_E_FORMAT, "concat: input %zu is missing", i);
        kin_shape x = call->in[i]->shape;
        KIN_TRY(kin_op_same_type(call, op, 0, i));
        if (!same_quant(&call->in[0]->quant, &call->in[i]->quant))
            return kin_op_fail(call, KIN_E_UNSUPPORTED, "concat: inputs 0 and %zu are quantised differently", i);
        int64_t size = x.rank == out.rank ? x.dim[axis] : 0, total;
        x.dim[axis] = out.dim[axis];
        if (!kin_shape_equal(&x, &out)) {
            char one[KIN_SHAPE_TEXT], two[KIN_SHAPE_TEXT];
            return kin_op_fail(call, KIN_E_FORMAT, "concat: shapes %s and %s (input %zu) differ beside axis %d",
                               kin_shape_text(&call->in[0]->shape, one, sizeof one),
                               kin_shape_text(&call->in[i]->shape, two, sizeof two), i, axis);
        }
        if (!kin_add_i64(out.dim[axis], size, &total))
            return kin_op_fail(call, KIN_E_FORMAT, "concat: the sizes along axis %d do not fit", axis);
        out.dim[axis] = total;
    }
    return kin_op_result_like(call, 0, 0, &out);
}

static void forward(const kin_call *call)
{
    kin_join_forward(call, ((const kin_concat_attrs *)call->attrs)->axis);
}

static void backward(const kin_back *back)
{
    kin_join_backward(back, ((const kin_concat_attrs *)back->call->attrs)->axis);
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 1, 5, 4);
    int64_t   axis = kin_draw_range(draw_, -x.rank, x.rank - 1);
    size_t    count = (size_t)kin_draw_range(draw_, 1, 5);
    kin_type  type = kin_draw_type(draw_, KIN_SET_ANY);
    ((kin_concat_attrs *)draw_->attrs)->axis = axis;
    draw_->out_count = 1;
    for (size_t i = 0; i < count; i++) {
        x.dim[axis < 0 ? axis + x.rank : axis] = kin_draw_range(draw_, 1, 4);
        KIN_TRY(kin_draw_tensor(draw_, i, type, x, 0, 99, false));
    }
    return KIN_OK;
}

static const kin_attr attributes[] = {
    {"axis", KIN_ATTR_INT, offsetof(kin_concat_attrs, axis), "-1", NULL, "along which; negative: from the last"},
};

const kin_op kin_op_concat = {
    .name = "concat",
    .summary = "joins tensors along an axis",
    .inputs = "x...",
    .in_min = 1,
    .in_max = KIN_MANY,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_concat_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = UINT64_MAX,
    .draw = draw,
};
