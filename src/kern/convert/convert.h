/* SPDX-License-Identifier: Apache-2.0
 *
 * Number formats: IEEE half precision to float32 (infinities and subnormals kept, NaN stays a quiet NaN with its payload).
 * The same bits at every level.
 */
#ifndef KIN_KERN_CONVERT_H
#define KIN_KERN_CONVERT_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    void (*f16_f32)(size_t n, const uint16_t *x, float *y);
} kin_convert_kernel;

extern const kin_convert_kernel kin_convert_scalar, kin_convert_sse41, kin_convert_avx2, kin_convert_avx512,
    kin_convert_neon, kin_convert_simd128;

#endif
