/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernels of a CPU level: one entry a family, each the best that the level or one below it has.
 *
 *     const kin_kernels *k = kin_kernels_for(kin_cpu_best());
 *     float s = k->dot->dot(n, a, b);
 */
#ifndef KIN_KERN_REGISTRY_H
#define KIN_KERN_REGISTRY_H

#include "base/cpu.h"
#include "kern/columns/columns.h"
#include "kern/convert/convert.h"
#include "kern/depthwise/depthwise.h"
#include "kern/dot/dot.h"
#include "kern/elementwise/elementwise.h"
#include "kern/gemm/gemm.h"
#include "kern/pool/pool.h"
#include "kern/winograd/winograd.h"

typedef struct {
    kin_cpu                       level;
    const kin_gemm_kernel        *gemm;
    const kin_winograd_kernel    *winograd;
    const kin_depthwise_kernel   *depthwise;
    const kin_elementwise_kernel *elementwise;
    const kin_pool_kernel        *pool;
    const kin_dot_kernel         *dot;
    const kin_convert_kernel     *convert;
    const kin_columns_kernel     *columns;
} kin_kernels;

/* Never NULL; a level that this build has no code for gives the scalar kernels. The machine must have the level. */
const kin_kernels *kin_kernels_for(kin_cpu level);

#endif
