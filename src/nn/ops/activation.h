/* SPDX-License-Identifier: Apache-2.0
 *
 * The activations that binary ops and poolings carry: those that only cut to a range.
 */
#ifndef KIN_NN_OPS_ACTIVATION_H
#define KIN_NN_OPS_ACTIVATION_H

#include "nn/ops/common.h"
#include "nn/ops/conv.h"

/* TensorFlow Lite's CalculateActivationRange (lite/kernels/kernel_util.h). false: it does more than cut. */
static inline bool kin_activation_range(int activation, double *low, double *high)
{
    *low = -INFINITY, *high = INFINITY;
    switch (activation) {
    case KIN_ACT_NONE: return true;
    case KIN_ACT_RELU: *low = 0; return true;
    case KIN_ACT_RELU6: *low = 0, *high = 6; return true;
    case KIN_ACT_RELU_N1_1: *low = -1, *high = 1; return true;
    default: return false;
    }
}

static inline kin_status kin_activation_check(const kin_call *call, const kin_op *op, int activation)
{
    double low, high;
    if (kin_activation_range(activation, &low, &high)) return KIN_OK;
    return kin_op_fail(call, KIN_E_UNSUPPORTED, "%s: activation %d, expected none, relu, relu6 or relu_n1_to_1",
                       op->name, activation);
}

#endif
