/* SPDX-License-Identifier: Apache-2.0
 *
 * What the losses share. A loss is an op like any other whose output is one number (rank 0): the mean over the rows of a
 * batch, so that its gradient, too, does not grow with the batch. Labels are int32 [rows], one a row; a row whose label
 * is no class (-1) adds nothing, but counts in the mean, as a weight of 0 does in Keras.
 */
#ifndef KIN_NN_LOSS_LOSS_H
#define KIN_NN_LOSS_LOSS_H

#include "nn/ops/common.h"

static inline size_t kin_loss_rows(const kin_tensor *x)
{
    return (size_t)x->shape.dim[0];
}

/* x is [rows, width] and not empty, labels int32 [rows]; the output is a number. */
static inline kin_status kin_loss_infer_labels(const kin_call *call, const kin_op *op)
{
    const kin_shape scalar = {0, {0}};
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_op_type(call, op, 1, 1u << KIN_INT32));
    KIN_TRY(kin_expect_rank(call, 0, 2, 2));
    KIN_TRY(kin_expect_rank(call, 1, 1, 1));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    if (call->in[1]->shape.dim[0] != call->in[0]->shape.dim[0])
        return kin_op_fail(call, KIN_E_FORMAT, "%s: %lld labels for %lld rows", op->name,
                           (long long)call->in[1]->shape.dim[0], (long long)call->in[0]->shape.dim[0]);
    return kin_op_result(call, 0, KIN_FLOAT32, &scalar);
}

/* x and y are float32 of one shape, not empty; the output is a number. */
static inline kin_status kin_loss_infer_pair(const kin_call *call, const kin_op *op, int rank_least)
{
    const kin_shape scalar = {0, {0}};
    char            x[KIN_SHAPE_TEXT], y[KIN_SHAPE_TEXT];
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, KIN_SET_FLOAT));
    KIN_TRY(kin_op_type(call, op, 1, KIN_SET_FLOAT));
    KIN_TRY(kin_expect_rank(call, 0, rank_least, KIN_RANK_MAX));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    if (!kin_shape_equal(&call->in[0]->shape, &call->in[1]->shape))
        return kin_op_fail(call, KIN_E_FORMAT, "%s: shapes %s and %s are not the same", op->name,
                           kin_shape_text(&call->in[0]->shape, x, sizeof x),
                           kin_shape_text(&call->in[1]->shape, y, sizeof y));
    return kin_op_result(call, 0, KIN_FLOAT32, &scalar);
}

/* The gradient by the loss itself: a number. */
static inline double kin_loss_seed(const kin_back *back)
{
    return *(const float *)back->dy[0]->data;
}

/* Random rows [2..6, 2..6] in [-low, high) and a label a row, of `classes` (0: as many as columns), now and then -1. */
static inline kin_status kin_loss_draw_labels(kin_draw *draw, int64_t classes, int64_t least_rows)
{
    kin_shape x = {2, {kin_draw_range(draw, least_rows, 8), kin_draw_range(draw, 2, 6)}}, labels = {1, {x.dim[0]}};
    draw->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw, 0, KIN_FLOAT32, x, -3, 3, false));
    return kin_draw_tensor(draw, 1, KIN_INT32, labels, kin_draw_flip(draw) ? 0 : -1,
                           (double)(classes ? classes : x.dim[1]) - 1, false);
}

#define KIN_LOSS(name_, summary_, inputs_, in_max_, to_, ...)                                                          \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = inputs_,                                                                  \
                                   .in_min = 2,                                                                        \
                                   .in_max = in_max_,                                                                  \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .backward = backward,                                                               \
                                   .backward_to = to_,                                                                 \
                                   .backward_reads = {{7, 0}, {7, 0}},                                                 \
                                   .draw = draw,                                                                       \
                                   __VA_ARGS__};

#endif
