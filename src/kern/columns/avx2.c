/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX2 and FMA: eight lanes.
 */
#define KIN_LEVEL_AVX2
#include "kern/simd.h"

#include "kern/columns/columns.inc"
