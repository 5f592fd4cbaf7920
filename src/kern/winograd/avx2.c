/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX2 and FMA: eight lanes.
 */
#define KIN_LEVEL_AVX2
#include "kern/simd.h"

#define WINOGRAD_NAME "winograd avx2"
#include "kern/winograd/winograd.inc"
