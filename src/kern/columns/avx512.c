/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX-512: sixteen lanes.
 */
#define KIN_LEVEL_AVX512
#include "kern/simd.h"

#include "kern/columns/columns.inc"
