/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: four lanes, FMA.
 */
#define KIN_LEVEL_NEON
#include "kern/simd.h"

#include "kern/columns/columns.inc"
