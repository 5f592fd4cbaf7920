/* SPDX-License-Identifier: Apache-2.0
 *
 * cast: the same numbers in another type. Real numbers are cut towards zero for an integer type, and to its range (NaN gives
 * 0), where C leaves it open; integers wrap; anything but 0 is true. Quantised tensors are taken as their integers.
 *
 * TensorFlow: Cast; TensorFlow Lite: CAST (lite/kernels/cast.cc).
 */
#include "nn/ops/common.h"
#include "kern/convert/half.h"

typedef struct {
    int type;
} kin_cast_attrs;

static bool is_real(kin_type type)
{
    return type == KIN_FLOAT32 || type == KIN_FLOAT16;
}

static kin_status infer(const kin_call *call)
{
    int type = ((const kin_cast_attrs *)call->attrs)->type;
    KIN_TRY(kin_op_begin(call, &kin_op_cast));
    if (type < 0 || type >= KIN_TYPES)
        return kin_op_fail(call, KIN_E_FORMAT, "cast: type %d does not exist", type);
    return kin_op_result(call, 0, (kin_type)type, &call->in[0]->shape);
}

static double real_at(const kin_tensor *t, size_t i)
{
    return t->type == KIN_FLOAT32 ? ((const float *)t->data)[i] : kin_half_to_float(((const uint16_t *)t->data)[i]);
}

static int64_t whole_at(const kin_tensor *t, size_t i)
{
    switch (t->type) {
    case KIN_INT8: return ((const int8_t *)t->data)[i];
    case KIN_UINT8: return ((const uint8_t *)t->data)[i];
    case KIN_INT16: return ((const int16_t *)t->data)[i];
    case KIN_BOOL: return ((const uint8_t *)t->data)[i] != 0;
    default: return kin_int_at(t, i);
    }
}

/* Cut towards zero, and to [low, high]. */
static int64_t cut(double v, kin_type type)
{
    static const double low[KIN_TYPES] = {[KIN_INT32] = INT32_MIN, [KIN_INT8] = INT8_MIN, [KIN_INT16] = INT16_MIN,
                                          [KIN_INT64] = -0x1p63};
    static const double high[KIN_TYPES] = {[KIN_INT32] = INT32_MAX, [KIN_INT8] = INT8_MAX, [KIN_UINT8] = UINT8_MAX,
                                           [KIN_INT16] = INT16_MAX, [KIN_INT64] = 0x1p63};
    if (!(v == v)) return 0;
    if (v <= low[type]) return (int64_t)low[type];
    if (v >= high[type]) return type == KIN_INT64 ? INT64_MAX : (int64_t)high[type];
    return (int64_t)v;
}

static void put_whole(kin_tensor *t, size_t i, int64_t v)
{
    switch (t->type) {
    case KIN_INT8: ((int8_t *)t->data)[i] = (int8_t)v; break;
    case KIN_UINT8: ((uint8_t *)t->data)[i] = (uint8_t)v; break;
    case KIN_INT16: ((int16_t *)t->data)[i] = (int16_t)v; break;
    case KIN_INT32: ((int32_t *)t->data)[i] = (int32_t)v; break;
    case KIN_INT64: ((int64_t *)t->data)[i] = v; break;
    default: ((uint8_t *)t->data)[i] = v != 0; break; /* bool */
    }
}

static void put_real(kin_tensor *t, size_t i, float v)
{
    if (t->type == KIN_FLOAT32)
        ((float *)t->data)[i] = v;
    else
        ((uint16_t *)t->data)[i] = kin_float_to_half(v);
}

static void forward(const kin_call *call)
{
    const kin_tensor *x = call->in[0];
    kin_tensor       *y = call->out[0];
    size_t            count = kin_count(&x->shape);
    for (size_t i = 0; i < count; i++) {
        if (is_real(x->type) && is_real(y->type))
            put_real(y, i, (float)real_at(x, i));
        else if (is_real(x->type))
            put_whole(y, i, y->type == KIN_BOOL ? real_at(x, i) != 0 : cut(real_at(x, i), y->type));
        else if (is_real(y->type))
            put_real(y, i, (float)whole_at(x, i));
        else
            put_whole(y, i, whole_at(x, i));
    }
}

static kin_status draw(kin_draw *draw_)
{
    ((kin_cast_attrs *)draw_->attrs)->type = (int)kin_draw_type(draw_, KIN_SET_ANY);
    draw_->out_count = 1;
    kin_shape x = kin_draw_shape(draw_, 0, 5, 5);
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 120, false);
}

static const kin_attr attributes[] = {
    {"type", KIN_ATTR_TYPE, offsetof(kin_cast_attrs, type), "float32", NULL, "the new type"},
};

const kin_op kin_op_cast = {
    .name = "cast",
    .summary = "the same numbers in another type",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_cast_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    KIN_SAME_BYTES_BACKWARD, /* between real types; the gradient op refuses integers */
    .draw = draw,
};
