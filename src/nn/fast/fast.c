/* SPDX-License-Identifier: Apache-2.0
 *
 * What the binders share: may a kernel take this call, its epilogue, how to cut work.
 */
#include "nn/fast/fast.h"

#include <math.h>

const kin_kernels *kin_fast_kernels(kin_binder *binder, const kin_call *call, size_t from)
{
    const kin_kernels *kernels = kin_kernels_for(kin_bind_context(binder)->cpu);
    if (kernels->level == KIN_CPU_SCALAR) return NULL;
    for (size_t i = 0; i < call->in_count && i < from; i++)
        if (call->in[i] && (call->in[i]->type != KIN_FLOAT32 || kin_count(&call->in[i]->shape) == 0)) return NULL;
    for (size_t i = 0; i < call->out_count; i++)
        if (call->out[i]->type != KIN_FLOAT32 || kin_count(&call->out[i]->shape) == 0) return NULL;
    return kernels;
}

kin_kern_epilogue kin_fast_epilogue(const kin_call *call, const kin_epilogue *e)
{
    kin_kern_epilogue out = {.act = KIN_KERN_CLAMP, .high = INFINITY, .residual_first = e->residual_first};
    switch (e->activation) {
    case KIN_ACT_RELU: break;
    case KIN_ACT_RELU6: out.high = 6; break;
    case KIN_ACT_RELU_N1_1: out.low = -1, out.high = 1; break;
    case KIN_ACT_CLAMP: out.low = (float)e->low, out.high = (float)e->high; break;
    case KIN_ACT_PRELU: out.act = KIN_KERN_SLOPE, out.slope = kin_floats(call, KIN_IN_SLOPE); break;
    case KIN_ACT_LEAKY: out.act = KIN_KERN_LEAKY, out.alpha = (float)e->alpha; break;
    default: out.act = KIN_KERN_LINEAR;
    }
    return out;
}

size_t kin_fast_pieces(size_t width, size_t units, size_t least)
{
    size_t pieces = width > 1 ? 4 * width : 1, most = units / (least ? least : 1);
    if (pieces > most) pieces = most;
    return pieces ? pieces : 1;
}
