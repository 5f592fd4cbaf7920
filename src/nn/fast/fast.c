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

static void pack_whole(const kin_call *call, const void *state, void *out)
{
    const kin_fast_packing *p = state;
    p->pack(p, call->in[p->weights]->data, 0, p->units, out);
}

static void pack_before(const kin_exec *exec, const kin_call *call, size_t task, void *scratch)
{
    const kin_fast_packing *p = exec->state;
    size_t                  from, to;
    (void)scratch;
    kin_fast_piece(p->units, exec->before_tasks, task, &from, &to);
    p->pack(p, call->in[p->weights]->data, from, to, exec->shared);
}

kin_status kin_fast_pack(kin_binder *binder, const kin_call *call, const char *key, size_t floats,
                         const kin_fast_packing *packing, kin_exec *exec)
{
    size_t bytes;
    if (!kin_mul_size(floats, sizeof(float), &bytes))
        return kin_fail(kin_bind_context(binder), KIN_E_LIMIT, "node '%s': packed weights of %zu numbers", call->name, floats);
    if (call->in[packing->weights]->data) return kin_bind_pack(binder, key, bytes, pack_whole, packing, &exec->packed);
    exec->before = pack_before;
    exec->before_tasks = kin_fast_pieces(kin_fast_width(binder), packing->units, 8192 * packing->units / (floats + 1) + 1);
    exec->shared_bytes = bytes;
    return KIN_OK;
}

size_t kin_fast_pieces(size_t width, size_t units, size_t least)
{
    size_t pieces = width > 1 ? 4 * width : 1, most = units / (least ? least : 1);
    if (pieces > most) pieces = most;
    return pieces ? pieces : 1;
}
