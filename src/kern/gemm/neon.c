/* SPDX-License-Identifier: Apache-2.0
 *
 * NEON: 16 accumulators, 2 columns of b, up to 8 of a of the 32 registers.
 */
#define KIN_LEVEL_NEON
#include "kern/simd.h"
#define TILE_NAME "neon 8x8"
#define TILE_COST 0.125f
#define MR 8
#define NV 2
#include "kern/gemm/gemm.inc"
