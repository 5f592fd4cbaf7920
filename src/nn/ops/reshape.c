/* SPDX-License-Identifier: Apache-2.0
 *
 * reshape: the same elements in the same order under another shape. One -1 in it stands for what is left; the legacy form
 * [0] of a one-element input is a scalar. The shape comes from input 1 when it is there, else from the attribute.
 *
 * TensorFlow: Reshape; TensorFlow Lite: RESHAPE (lite/kernels/reshape.cc).
 */
#include "nn/ops/common.h"

typedef struct {
    kin_ints shape;
} kin_reshape_attrs;

static kin_status infer(const kin_call *call)
{
    kin_ints  wanted = ((const kin_reshape_attrs *)call->attrs)->shape;
    kin_shape out = {0, {0}};
    KIN_TRY(kin_op_begin(call, &kin_op_reshape));
    if (call->in_count > 1 && call->in[1]) KIN_TRY(kin_expect_ints(call, 1, KIN_INTS_MAX, &wanted));
    if (wanted.count > KIN_RANK_MAX)
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "reshape: shape has %d dimensions, expected at most %d",
                           wanted.count, KIN_RANK_MAX);
    int64_t count = (int64_t)kin_count(&call->in[0]->shape), known = 1;
    int     open = -1; /* the dimension that is -1 */
    if (wanted.count == 1 && wanted.value[0] == 0 && count == 1) wanted.count = 0;
    for (int d = 0; d < wanted.count; d++) {
        out.dim[out.rank++] = wanted.value[d];
        if (wanted.value[d] == -1 && open < 0)
            open = d;
        else if (wanted.value[d] < 0 || !kin_mul_i64(known, wanted.value[d], &known))
            return kin_op_fail(call, KIN_E_FORMAT, "reshape: shape holds %lld, expected one -1 and sizes that fit",
                               (long long)wanted.value[d]);
    }
    if (open >= 0 && known > 0 && count % known == 0) out.dim[open] = count / known, known = count;
    if (known != count || (open >= 0 && out.dim[open] < 0)) {
        char x[KIN_SHAPE_TEXT], y[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "reshape: shape %s does not hold the %lld elements of %s",
                           kin_shape_text(&out, y, sizeof y), (long long)count,
                           kin_shape_text(&call->in[0]->shape, x, sizeof x));
    }
    return kin_op_result_like(call, 0, 0, &out);
}

/* The dimensions of x in reverse order, one of them perhaps open. */
static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 5, 5);
    kin_ints  shape = {x.rank, {0}};
    for (int d = 0; d < x.rank; d++) shape.value[d] = x.dim[x.rank - 1 - d];
    if (x.rank && kin_draw_flip(draw_)) shape.value[kin_draw_range(draw_, 0, x.rank - 1)] = -1;
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    if (kin_draw_flip(draw_)) return kin_draw_ints(draw_, 1, shape.count, shape.value);
    ((kin_reshape_attrs *)draw_->attrs)->shape = shape;
    return KIN_OK;
}

static const kin_attr attributes[] = {
    {"shape", KIN_ATTR_INTS, offsetof(kin_reshape_attrs, shape), "", NULL,
     "the new shape, when input shape is left out; one -1: what is left"},
};

const kin_op kin_op_reshape = {
    .name = "reshape",
    .summary = "the same elements under another shape",
    .inputs = "x shape?",
    .in_min = 1,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_reshape_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = kin_op_same_bytes,
    KIN_SAME_BYTES_BACKWARD,
    .draw = draw,
};
