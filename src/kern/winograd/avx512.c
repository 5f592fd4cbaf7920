/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX-512: sixteen lanes.
 */
#define KIN_LEVEL_AVX512
#include "kern/simd.h"

#define WINOGRAD_NAME "winograd avx512"
#include "kern/winograd/winograd.inc"
