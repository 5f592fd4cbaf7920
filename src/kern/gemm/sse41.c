/* SPDX-License-Identifier: Apache-2.0
 *
 * SSE4.1: 8 accumulators, 2 columns of b, 1 of a, 1 product of the 16 registers.
 */
#define KIN_LEVEL_SSE41
#include "kern/simd.h"
#define TILE_NAME "sse41 4x8"
#define TILE_COST 0.25f
#define MR 4
#define NV 2
#include "kern/gemm/gemm.inc"
