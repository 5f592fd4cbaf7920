/* SPDX-License-Identifier: Apache-2.0
 *
 * WebAssembly SIMD: four lanes, no FMA.
 */
#define KIN_LEVEL_SIMD128
#include "kern/simd.h"

#include "kern/columns/columns.inc"
