/* SPDX-License-Identifier: Apache-2.0
 *
 * WebAssembly SIMD: four lanes, no FMA.
 */
#define KIN_LEVEL_SIMD128
#include "kern/simd.h"

#define WINOGRAD_NAME "winograd simd128"
#include "kern/winograd/winograd.inc"
