/* SPDX-License-Identifier: Apache-2.0
 *
 * The scalar truth of the conversion.
 */
#include "kern/convert/convert.h"
#include "kern/convert/half.h"

static void f16_f32(size_t n, const uint16_t *x, float *y)
{
    for (size_t i = 0; i < n; i++) y[i] = kin_half_to_float(x[i]);
}

const kin_convert_kernel kin_convert_scalar = {"convert scalar", f16_f32};
