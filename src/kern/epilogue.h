/* SPDX-License-Identifier: Apache-2.0
 *
 * What a kernel does with a finished sum before it stores it. `c` is the output channel:
 *
 *     y = act(sum + residual)   residual_first
 *     y = act(sum) + residual   otherwise (no residual: y = act(sum))
 *
 * The bias is not here: it is what the sum starts from.
 */
#ifndef KIN_KERN_EPILOGUE_H
#define KIN_KERN_EPILOGUE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    KIN_KERN_LINEAR,
    KIN_KERN_CLAMP, /* min(high, max(low, x)); relu: 0, INFINITY. NaN stays NaN */
    KIN_KERN_SLOPE, /* x < 0 ? x * slope[c] : x */
    KIN_KERN_LEAKY  /* x < 0 ? x * alpha : x */
} kin_kern_act;

typedef struct {
    kin_kern_act act;
    float        low, high;
    float        alpha;
    const float *slope; /* [channels], KIN_KERN_SLOPE only */
    bool         residual_first;
} kin_kern_epilogue;

/* The scalar truth. `residual` NULL: none. */
static inline float kin_kern_finish(const kin_kern_epilogue *e, float x, size_t c, const float *residual)
{
    if (residual && e->residual_first) x += *residual;
    if (e->act == KIN_KERN_CLAMP) {
        x = e->low > x ? e->low : x;
        x = e->high < x ? e->high : x;
    } else if (e->act == KIN_KERN_SLOPE)
        x = x < 0 ? x * e->slope[c] : x;
    else if (e->act == KIN_KERN_LEAKY)
        x = x < 0 ? x * e->alpha : x;
    return residual && !e->residual_first ? x + *residual : x;
}

#ifdef V_LANES /* kern/simd.h was included: the same for V_LANES channels; `slope` of those channels */
V_INLINE V v_act(kin_kern_act act, V x, V low, V high, V slope)
{
    if (act == KIN_KERN_CLAMP) return v_min(high, v_max(low, x));
    if (act != KIN_KERN_LINEAR) return v_below(x, v_mul(x, slope), x);
    return x;
}
#endif
#endif
