/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of the conversions.
 */
#include "kern/convert/convert.h"
#include "kern/convert/half.h"

static void f16_f32(size_t n, const uint16_t *x, float *y)
{
    for (size_t i = 0; i < n; i++) y[i] = kin_half_to_float(x[i]);
}

static void f32_f16(size_t n, const float *x, uint16_t *y)
{
    for (size_t i = 0; i < n; i++) y[i] = kin_float_to_half(x[i]);
}

static void u8_f32(size_t n, const uint8_t *x, float scale, float shift, float *y)
{
    for (size_t i = 0; i < n; i++) y[i] = (float)x[i] * scale + shift;
}

const kin_convert_kernel kin_convert_scalar = {"convert scalar", f16_f32, f32_f16, u8_f32};
