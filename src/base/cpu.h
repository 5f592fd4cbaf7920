/* SPDX-License-Identifier: Apache-2.0
 *
 * CPU levels. A level is a bundle of instruction sets for which kern/ has files of its own.
 * An x86-64 level includes those below it.
 */
#ifndef KIN_BASE_CPU_H
#define KIN_BASE_CPU_H

#include <stdbool.h>

typedef enum {
    KIN_CPU_SCALAR = 0,
    KIN_CPU_SSE41,  /* SSE4.1, no FMA */
    KIN_CPU_AVX2,   /* AVX2, FMA, F16C, BMI2 */
    KIN_CPU_AVX512, /* AVX-512 F, BW, DQ, VL */
    KIN_CPU_NEON,   /* aarch64 */
    KIN_CPU_SIMD128, /* WebAssembly */
    KIN_CPU_LEVELS
} kin_cpu;

/* The best level of the machine that this runs on (and that this build has code for). */
kin_cpu kin_cpu_best(void);

/* Whether this machine can run `level`. KIN_CPU_SCALAR: always. */
bool kin_cpu_has(kin_cpu level);

/* "avx2"; and back: false when `name` is no level. */
const char *kin_cpu_level_name(kin_cpu level);
bool        kin_cpu_from_name(const char *name, kin_cpu *level);

#endif
