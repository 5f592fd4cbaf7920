/* SPDX-License-Identifier: Apache-2.0
 *
 * quantize: q = the nearest whole number to x / scale (ties away from zero) + zero_point, cut to the type's range. Scale and
 * zero point are inputs 1 and 2 (constants: float32 and int64, one or one along the axis); without them they are what the
 * output tensor itself declares, as in a file, and so is the type.
 *
 * TensorFlow Lite: QUANTIZE of float32 (lite/kernels/internal/reference/quantize.h); of integers (requantize) it is not
 * supported. TensorFlow: QuantizeV2 is another op.
 */
#include "nn/ops/quant.h"

typedef struct {
    int     type;
    int64_t axis;
} kin_quantize_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op             *op = &kin_op_quantize;
    const kin_quantize_attrs *attrs = call->attrs;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    const kin_shape *x = &call->in[0]->shape;
    kin_quant        quant = call->out[0]->quant;
    kin_type         type = call->out[0]->type;
    if (call->in_count > 1) {
        if (call->in_count < 3 || !call->in[1] || !call->in[2] || call->in[1]->type != KIN_FLOAT32 ||
            call->in[2]->type != KIN_INT64 || !kin_shape_equal(&call->in[1]->shape, &call->in[2]->shape) ||
            call->in[1]->shape.rank > 1 || kin_count(&call->in[1]->shape) < 1)
            return kin_op_fail(call, KIN_E_FORMAT, "quantize: inputs scale and zero_point must be float32 and int64 [n]");
        if (!call->in[1]->data || !call->in[2]->data)
            return kin_op_fail(call, KIN_E_UNSUPPORTED,
                               "quantize: inputs scale and zero_point must be known before a run");
        quant = (kin_quant){kin_count(&call->in[1]->shape), 0, call->in[1]->data, call->in[2]->data};
        if (quant.count > 1) KIN_TRY(kin_expect_axis(call, attrs->axis, x->rank, &quant.axis));
        type = (kin_type)attrs->type;
    }
    if (type != KIN_INT8 && type != KIN_UINT8 && type != KIN_INT16)
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "quantize: to type %d, expected int8, uint8 or int16", (int)type);
    KIN_TRY(kin_quant_check(call, op, &quant, type, x));
    KIN_TRY(kin_op_result(call, 0, type, x));
    call->out[0]->quant = quant;
    return KIN_OK;
}

static void forward(const kin_call *call)
{
    const float *x = call->in[0]->data;
    kin_tensor  *y = call->out[0];
    size_t       count = kin_count(&y->shape), inner = kin_quant_inner(&y->quant, &y->shape);
    int64_t      low, high;
    kin_quant_range(y->type, &low, &high);
    for (size_t i = 0; i < count; i++) {
        size_t  k = i / inner % y->quant.count;
        double  q = (double)roundf(x[i] / y->quant.scale[k]) + (double)y->quant.zero_point[k];
        int64_t whole = q >= (double)high ? high : q >= (double)low ? (int64_t)q : low; /* NaN: low */
        if (y->type == KIN_INT16)
            ((int16_t *)y->data)[i] = (int16_t)whole;
        else
            ((uint8_t *)y->data)[i] = (uint8_t)whole; /* int8 has the same bits */
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_quantize_attrs *attrs = draw_->attrs;
    kin_shape           x = kin_draw_shape(draw_, 0, 5, 5);
    kin_quant           quant;
    attrs->type = (int)kin_draw_type(draw_, 1u << KIN_INT8 | 1u << KIN_UINT8 | 1u << KIN_INT16);
    KIN_TRY(kin_quant_draw(draw_, (kin_type)attrs->type, &x, &quant));
    kin_shape scales = {1, {(int64_t)quant.count}};
    attrs->axis = quant.axis;
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, KIN_FLOAT32, x, -50, 50, false));
    KIN_TRY(kin_draw_tensor(draw_, 1, KIN_FLOAT32, scales, 0, 1, true));
    KIN_TRY(kin_draw_tensor(draw_, 2, KIN_INT64, scales, 0, 1, true));
    memcpy(draw_->in[1].data, quant.scale, quant.count * sizeof *quant.scale);
    memcpy(draw_->in[2].data, quant.zero_point, quant.count * sizeof *quant.zero_point);
    return KIN_OK;
}

static const kin_attr attributes[] = {
    {"type", KIN_ATTR_TYPE, offsetof(kin_quantize_attrs, type), "int8", NULL, "int8, uint8 or int16"},
    {"axis", KIN_ATTR_INT, offsetof(kin_quantize_attrs, axis), "-1", NULL, "of the scales, when there are several"},
};

const kin_op kin_op_quantize = {
    .name = "quantize",
    .summary = "real numbers to integers with scale and zero point",
    .inputs = "x scale? zero_point?",
    .in_min = 1,
    .in_max = 3,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_quantize_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .draw = draw,
};
