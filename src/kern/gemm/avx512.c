/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX-512: 28 accumulators, 2 columns of b, 1 of a of the 32 registers.
 */
#define KIN_LEVEL_AVX512
#include "kern/simd.h"
#define TILE_NAME "avx512 14x32"
#define TILE_COST 0.0625f
#define MR 14
#define NV 2
#include "kern/gemm/gemm.inc"
