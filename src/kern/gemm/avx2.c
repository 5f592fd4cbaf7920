/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX2: 12 accumulators, 2 columns of b, 1 of a of the 16 registers.
 */
#define KIN_LEVEL_AVX2
#include "kern/simd.h"
#define TILE_NAME "avx2 6x16"
#define TILE_COST 0.0625f
#define MR 6
#define NV 2
#include "kern/gemm/gemm.inc"
