/* SPDX-License-Identifier: Apache-2.0
 *
 * WebAssembly SIMD: engines map it to 16 registers of SSE or 32 of NEON.
 */
#define KIN_LEVEL_SIMD128
#include "kern/simd.h"
#define TILE_NAME "simd128 4x8"
#define TILE_COST 0.25f
#define MR 4
#define NV 2
#include "kern/gemm/gemm.inc"
