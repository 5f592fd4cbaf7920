/* SPDX-License-Identifier: Apache-2.0
 *
 * Convolutions and products as binders take them: a layer's forward is one, its gradient by x another, with the weights
 * turned round. Inputs are numbers of the call's inputs, KIN_MANY: none.
 */
#ifndef KIN_NN_FAST_LAYERS_H
#define KIN_NN_FAST_LAYERS_H

#include "nn/fast/rows.h"

typedef struct {
    kin_conv_dims    d;             /* top, left may be negative; kh or kw 0: all outputs are zero */
    kin_gemm_strides weights;       /* line, column: of the window; k: its input channel; n: the output channel */
    ptrdiff_t        weights_group; /* floats from one group's weights to the next */
    size_t           h, w;          /* the output's size; pixel (i, j) of d is its pixel first + step * (i, j) */
    size_t           first_h, first_w, step_h, step_w;
} kin_conv_part;

typedef struct {
    size_t               x, weights, bias, residual;
    const kin_epilogue  *epilogue;
    size_t               pictures; /* whose tiles may share a reading of the weights, for the estimate; forward: 1 */
    size_t               parts; /* one for each phase of the stride that the gradient goes back through */
    const kin_conv_part *part;  /* copied */
} kin_conv_problem;

kin_status kin_bind_conv_gemm(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                              const kin_conv_problem *problem, kin_exec *exec, bool *taken);
/* *taken false: not 3x3 of stride 1 in one part, or gemm is faster by estimate. */
kin_status kin_bind_conv_winograd(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                  const kin_conv_problem *problem, kin_exec *exec, bool *taken);
/* Sizes, top and left of a 3x3 convolution of stride 1. */
kin_winograd_args kin_winograd_sizes(const kin_conv_dims *d);
/* The better of the two. */
kin_status kin_bind_conv(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                         const kin_conv_problem *problem, kin_exec *exec, bool *taken);

/* y[rows][out] = x[rows][k] times weights, whose value (k, out) lies at k * by_k + out * by_out. */
typedef struct {
    size_t              x, weights, bias, residual;
    size_t              rows, k, out;
    ptrdiff_t           by_k, by_out;
    const kin_epilogue *epilogue;
} kin_dense_problem;

kin_status kin_bind_rows_by_weights(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                    const kin_dense_problem *problem, kin_exec *exec, bool *taken);

/* A depthwise convolution in parts. Cell (p, q) of a part's window has the weights of cell first + step * (p, q) of the
 * filter, `filter_w` cells wide. */
typedef struct {
    kin_depthwise_args args; /* pointers and epilogue are filled at run */
    size_t             y;    /* where its first pixel lies, in floats */
    ptrdiff_t          first_h, first_w, step_h, step_w;
} kin_depthwise_part;

typedef struct {
    size_t                    x, weights, bias, residual;
    const kin_epilogue       *epilogue;
    size_t                    filter_w, parts;
    const kin_depthwise_part *part; /* lives as long as the plan */
} kin_depthwise_problem;

kin_status kin_bind_depthwise_problem(kin_binder *binder, const kin_kernels *kernels, const kin_call *call,
                                      const kin_depthwise_problem *problem, kin_exec *exec, bool *taken);
/* Sizes of a call whose channels are as many as its filters. */
kin_depthwise_args kin_depthwise_sizes(const kin_conv_dims *d);

#endif
