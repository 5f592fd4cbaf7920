/* SPDX-License-Identifier: Apache-2.0
 *
 * SSE4.1: four lanes, no FMA.
 */
#define KIN_LEVEL_SSE41
#include "kern/simd.h"

#include "kern/columns/columns.inc"
