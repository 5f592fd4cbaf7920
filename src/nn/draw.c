/* SPDX-License-Identifier: Apache-2.0
 *
 * Random tensors for the tests' random instances of ops.
 */
#include <math.h>
#include <string.h>

#include "nn/op.h"

static uint16_t to_half(float x) /* IEEE 754 binary16, truncated: any number near x will do */
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000;
    int      exponent = (int)(bits >> 23 & 0xFF) - 127 + 15;
    if (exponent <= 0) return (uint16_t)sign;
    if (exponent >= 31) return (uint16_t)(sign | 0x7BFF);
    return (uint16_t)(sign | (uint32_t)exponent << 10 | (bits >> 13 & 0x3FF));
}

static void put(void *data, kin_type type, size_t i, double v)
{
    switch (type) {
    case KIN_FLOAT32: ((float *)data)[i] = (float)v; break;
    case KIN_FLOAT16: ((uint16_t *)data)[i] = to_half((float)v); break;
    case KIN_INT32: ((int32_t *)data)[i] = (int32_t)v; break;
    case KIN_INT8: ((int8_t *)data)[i] = (int8_t)v; break;
    case KIN_UINT8: ((uint8_t *)data)[i] = (uint8_t)v; break;
    case KIN_INT16: ((int16_t *)data)[i] = (int16_t)v; break;
    case KIN_INT64: ((int64_t *)data)[i] = (int64_t)v; break;
    case KIN_BOOL: ((bool *)data)[i] = v != 0; break;
    case KIN_TYPES: break;
    }
}

static kin_status make(kin_draw *draw, size_t i, kin_type type, kin_shape shape, bool constant)
{
    if (i >= sizeof draw->in / sizeof *draw->in)
        return kin_fail(draw->ctx, KIN_E_USAGE, "a drawn op has at most %zu inputs", sizeof draw->in / sizeof *draw->in);
    kin_tensor *t = &draw->in[i];
    size_t      bytes;
    *t = (kin_tensor){.name = "drawn", .type = type, .shape = shape};
    if (!kin_tensor_bytes(t, &bytes)) return kin_fail(draw->ctx, KIN_E_LIMIT, "a drawn tensor is too large");
    KIN_TRY(kin_arena_alloc(&draw->arena, bytes ? bytes : 1, 1, &t->data));
    draw->constant[i] = constant;
    if (draw->in_count <= i) draw->in_count = i + 1;
    return KIN_OK;
}

kin_status kin_draw_tensor(kin_draw *draw, size_t i, kin_type type, kin_shape shape, double low, double high,
                           bool constant)
{
    KIN_TRY(make(draw, i, type, shape, constant));
    bool real = type == KIN_FLOAT32 || type == KIN_FLOAT16;
    for (size_t k = 0, n = kin_count(&shape); k < n; k++)
        put(draw->in[i].data, type, k,
            real ? low + (high - low) * kin_random_unit(&draw->random)
                 : (double)kin_random_range(&draw->random, (int64_t)low, (int64_t)high));
    return KIN_OK;
}

kin_status kin_draw_ints(kin_draw *draw, size_t i, int count, const int64_t *value)
{
    int64_t dim[1] = {count};
    KIN_TRY(make(draw, i, KIN_INT32, kin_shape_make(1, dim), true));
    for (int k = 0; k < count; k++) put(draw->in[i].data, KIN_INT32, (size_t)k, (double)value[k]);
    return KIN_OK;
}
