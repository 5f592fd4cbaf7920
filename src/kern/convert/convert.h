/* SPDX-License-Identifier: Apache-2.0
 *
 * Number formats: IEEE half precision to and from float32 (round to nearest, ties to even, infinities and subnormals
 * kept, NaN stays a quiet NaN with the top bits of its payload), bytes to float32. The same bits at every level.
 */
#ifndef KIN_KERN_CONVERT_H
#define KIN_KERN_CONVERT_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    void (*f16_f32)(size_t n, const uint16_t *x, float *y);
    void (*f32_f16)(size_t n, const float *x, uint16_t *y);
    /* y = x * scale + shift, two roundings */
    void (*u8_f32)(size_t n, const uint8_t *x, float scale, float shift, float *y);
} kin_convert_kernel;

extern const kin_convert_kernel kin_convert_scalar, kin_convert_sse41, kin_convert_avx2, kin_convert_avx512,
    kin_convert_neon, kin_convert_simd128;

#endif
