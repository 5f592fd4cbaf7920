/* SPDX-License-Identifier: Apache-2.0
 *
 * dequantize: y = scale * (q - zero_point), one scale for the tensor or one along an axis, as the input tensor declares;
 * float16 becomes float32.
 *
 * TensorFlow Lite: DEQUANTIZE (lite/kernels/internal/reference/dequantize.h; lite/kernels/dequantize.h for float16 and one
 * scale a channel). TensorFlow: Dequantize is another op.
 */
#include "kern/convert/half.h"
#include "nn/ops/quant.h"

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_dequantize;
    KIN_TRY(kin_op_begin(call, op));
    const kin_tensor *x = call->in[0];
    if (x->type != KIN_FLOAT16) {
        if (!(KIN_SET_QUANT >> x->type & 1))
            return kin_op_fail(call, KIN_E_UNSUPPORTED,
                               "dequantize: input x is %s, expected float16, int8, uint8, int16 or int32",
                               kin_type_name(x->type));
        KIN_TRY(kin_quant_check(call, op, &x->quant, x->type, &x->shape));
    }
    return kin_op_result(call, 0, KIN_FLOAT32, &x->shape);
}

static int32_t integer_at(const kin_tensor *t, size_t i)
{
    switch (t->type) {
    case KIN_INT8: return ((const int8_t *)t->data)[i];
    case KIN_UINT8: return ((const uint8_t *)t->data)[i];
    case KIN_INT16: return ((const int16_t *)t->data)[i];
    default: return ((const int32_t *)t->data)[i];
    }
}

static void forward(const kin_call *call)
{
    const kin_tensor *x = call->in[0];
    float            *y = call->out[0]->data;
    size_t            count = kin_count(&x->shape), inner = kin_quant_inner(&x->quant, &x->shape);
    for (size_t i = 0; i < count; i++) {
        if (x->type == KIN_FLOAT16) {
            y[i] = kin_half_to_float(((const uint16_t *)x->data)[i]);
            continue;
        }
        size_t k = i / inner % x->quant.count;
        y[i] = (float)(x->quant.scale[k] * ((double)integer_at(x, i) - (double)x->quant.zero_point[k]));
    }
}

static kin_status draw(kin_draw *draw_)
{
    kin_type  type = kin_draw_type(draw_, KIN_SET_QUANT | 1u << KIN_FLOAT16);
    kin_shape x = kin_draw_shape(draw_, 0, 5, 5);
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, type, x, 0, 100, kin_draw_flip(draw_)));
    return type == KIN_FLOAT16 ? KIN_OK : kin_quant_draw(draw_, type, &x, &draw_->in[0].quant);
}

const kin_op kin_op_dequantize = {
    .name = "dequantize",
    .summary = "integers with scale and zero point, or float16, to real numbers",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .infer = infer,
    .forward = forward,
    .draw = draw,
};
