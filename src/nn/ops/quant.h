/* SPDX-License-Identifier: Apache-2.0
 *
 * What quantize and dequantize share: real = scale * (q - zero_point), one scale for the tensor or one along an axis
 * (TensorFlow Lite, quantisation specification).
 */
#ifndef KIN_NN_OPS_QUANT_H
#define KIN_NN_OPS_QUANT_H

#include "nn/ops/common.h"

enum { KIN_SET_QUANT = 1u << KIN_INT8 | 1u << KIN_UINT8 | 1u << KIN_INT16 | 1u << KIN_INT32 };

/* The numbers that a quantised type holds. */
static inline void kin_quant_range(kin_type type, int64_t *low, int64_t *high)
{
    *low = type == KIN_UINT8 ? 0 : type == KIN_INT8 ? INT8_MIN : type == KIN_INT16 ? INT16_MIN : INT32_MIN;
    *high = type == KIN_UINT8 ? UINT8_MAX : type == KIN_INT8 ? INT8_MAX : type == KIN_INT16 ? INT16_MAX : INT32_MAX;
}

/* Checks scales and zero points of a tensor of `shape` and `type`. */
static inline kin_status kin_quant_check(const kin_call *call, const kin_op *op, const kin_quant *quant, kin_type type,
                                         const kin_shape *shape)
{
    int64_t low, high;
    kin_quant_range(type, &low, &high);
    if (quant->count == 0 || !quant->scale || !quant->zero_point)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: the %s tensor has no scale", op->name, kin_type_name(type));
    if (quant->count > 1 && (quant->axis < 0 || quant->axis >= shape->rank))
        return kin_op_fail(call, KIN_E_FORMAT, "%s: quantised along axis %d, out of range for rank %d", op->name,
                           quant->axis, shape->rank);
    if (quant->count > 1 && quant->count != (size_t)shape->dim[quant->axis])
        return kin_op_fail(call, KIN_E_FORMAT, "%s: %zu scales, expected %lld: the size of axis %d", op->name,
                           quant->count, (long long)shape->dim[quant->axis], quant->axis);
    for (size_t i = 0; i < quant->count; i++)
        if (!(quant->scale[i] > 0 && quant->scale[i] < INFINITY) || quant->zero_point[i] < low ||
            quant->zero_point[i] > high)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: scale %g, zero_point %lld, expected above 0, %lld to %lld",
                               op->name, quant->scale[i], (long long)quant->zero_point[i], (long long)low,
                               (long long)high);
    return KIN_OK;
}

/* Which scale belongs to element `i`: i / inner % count. */
static inline size_t kin_quant_inner(const kin_quant *quant, const kin_shape *shape)
{
    return quant->count > 1 ? kin_count_span(shape, quant->axis + 1, shape->rank) : 1;
}

/* For draw: scales for a tensor of `shape`, one or one along an axis. */
static inline kin_status kin_quant_draw(kin_draw *draw, kin_type type, const kin_shape *shape, kin_quant *quant)
{
    float   *scale;
    int64_t *zero_point;
    quant->axis = shape->rank && kin_draw_flip(draw) ? (int)kin_draw_range(draw, 0, shape->rank - 1) : -1;
    quant->count = quant->axis >= 0 ? (size_t)shape->dim[quant->axis] : 1;
    if (quant->count == 1) quant->axis = 0;
    KIN_TRY(kin_arena_alloc(&draw->arena, quant->count, sizeof *scale, &scale));
    KIN_TRY(kin_arena_alloc(&draw->arena, quant->count, sizeof *zero_point, &zero_point));
    for (size_t i = 0; i < quant->count; i++) {
        scale[i] = (float)(0.01 + kin_random_unit(&draw->random));
        zero_point[i] = type == KIN_UINT8 ? kin_draw_range(draw, 0, 255) : kin_draw_range(draw, -100, 100);
    }
    quant->scale = scale;
    quant->zero_point = zero_point;
    return KIN_OK;
}

#endif
