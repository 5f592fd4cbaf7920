/* SPDX-License-Identifier: Apache-2.0
 *
 * Gradients of dense: dx = dy weights, dweights = dy^T x as of a convolution over rows.
 */
#include "nn/fast/back.h"

kin_status kin_back_dense(kin_binder *binder, const kin_kernels *kernels, const kin_call *call, const kin_gradient_call *of,
                          kin_exec *exec, bool *taken)
{
    static const kin_epilogue bare;
    const int64_t *weights = of->in[KIN_IN_WEIGHTS]->shape.dim;
    int64_t        rows = (int64_t)(kin_count(&of->dy[0]->shape) / (size_t)weights[0]);
    size_t         only = kin_back_only(of);
    if (only == KIN_IN_BIAS) return kin_back_bias(binder, kernels, call, exec, taken);
    if (only == KIN_IN_WEIGHTS) {
        kin_conv_dims d = {.n = 1, .h = 1, .w = rows, .c = weights[1], .kh = 1, .kw = 1, .out_c = weights[0], .groups = 1, .oh = 1,
                           .ow = rows, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
        return kin_back_weights(binder, kernels, &d, exec, taken);
    }
    if (only != KIN_IN_X) return KIN_OK;
    kin_dense_problem problem = {KIN_BACK_DY, KIN_BACK_IN + KIN_IN_WEIGHTS, KIN_MANY, KIN_MANY, (size_t)rows,
                                 (size_t)weights[0], (size_t)weights[1], (ptrdiff_t)weights[1], 1, &bare};
    return kin_bind_rows_by_weights(binder, kernels, call, &problem, exec, taken);
}
