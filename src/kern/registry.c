/* SPDX-License-Identifier: Apache-2.0
 *
 * One line a level. A family that a level lacks would name the level below here.
 */
#include "kern/registry.h"

#define LEVEL(level, name)                                                                                             \
    [level] = {level,           &kin_gemm_##name, &kin_winograd_##name, &kin_depthwise_##name,                         \
               &kin_elementwise_##name, &kin_pool_##name, &kin_dot_##name,      &kin_convert_##name,     \
               &kin_columns_##name}

static const kin_kernels table[KIN_CPU_LEVELS] = {
    LEVEL(KIN_CPU_SCALAR, scalar),
#if defined(__x86_64__)
    LEVEL(KIN_CPU_SSE41, sse41),
    LEVEL(KIN_CPU_AVX2, avx2),
    LEVEL(KIN_CPU_AVX512, avx512),
#elif defined(__aarch64__)
    LEVEL(KIN_CPU_NEON, neon),
#elif defined(__wasm__)
    LEVEL(KIN_CPU_SIMD128, simd128),
#endif
};

const kin_kernels *kin_kernels_for(kin_cpu level)
{
    size_t i = (size_t)level;
    return i < KIN_CPU_LEVELS && table[i].gemm ? &table[i] : &table[KIN_CPU_SCALAR];
}
