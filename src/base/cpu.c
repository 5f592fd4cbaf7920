/* SPDX-License-Identifier: Apache-2.0
 *
 * What the processor (and the operating system's saved registers) allow.
 */
#include "base/cpu.h"

#include <stddef.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

static const char *const level_name[KIN_CPU_LEVELS] = {"scalar", "sse41", "avx2", "avx512", "neon", "simd128"};

const char *kin_cpu_level_name(kin_cpu level)
{
    return (size_t)level < KIN_CPU_LEVELS ? level_name[level] : "unknown";
}

bool kin_cpu_from_name(const char *name, kin_cpu *level)
{
    for (int i = 0; i < KIN_CPU_LEVELS; i++)
        if (strcmp(name, level_name[i]) == 0) {
            *level = (kin_cpu)i;
            return true;
        }
    return false;
}

#if defined(__x86_64__)
/* Half floats (CPUID leaf 1, ECX bit 29): clang 14 has no name for it in __builtin_cpu_supports. Its registers are AVX's,
 * whose saving by the system the AVX2 check covers. */
static bool has_f16c(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
#endif

bool kin_cpu_has(kin_cpu level)
{
    switch (level) {
    case KIN_CPU_SCALAR:
        return true;
#if defined(__x86_64__)
    /* The compiler's run-time asks CPUID and XGETBV: true only where the system saves the registers too. */
    case KIN_CPU_SSE41:
        return __builtin_cpu_supports("sse4.1");
    case KIN_CPU_AVX2:
        return kin_cpu_has(KIN_CPU_SSE41) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
               __builtin_cpu_supports("bmi2") && has_f16c();
    case KIN_CPU_AVX512:
        return kin_cpu_has(KIN_CPU_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#elif defined(__aarch64__)
    case KIN_CPU_NEON:
        return true;
#elif defined(__wasm__) /* the module has the kernels' SIMD in it: who could load it has SIMD */
    case KIN_CPU_SIMD128:
        return true;
#endif
    default:
        return false;
    }
}

kin_cpu kin_cpu_best(void)
{
    for (int level = KIN_CPU_LEVELS - 1; level > KIN_CPU_SCALAR; level--)
        if (kin_cpu_has((kin_cpu)level)) return (kin_cpu)level;
    return KIN_CPU_SCALAR;
}
