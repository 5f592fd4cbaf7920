/* SPDX-License-Identifier: Apache-2.0
 *
 * squeeze: drops dimensions of 1: those named by the axes, or all when none is named.
 *
 * TensorFlow: Squeeze; TensorFlow Lite: SQUEEZE (lite/kernels/squeeze.cc).
 */
#include "nn/ops/common.h"

typedef struct {
    kin_ints axes;
} kin_squeeze_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_ints *axes = &((const kin_squeeze_attrs *)call->attrs)->axes;
    bool            gone[KIN_RANK_MAX] = {false};
    kin_shape       out = {0, {0}};
    KIN_TRY(kin_op_begin(call, &kin_op_squeeze));
    const kin_shape *x = &call->in[0]->shape;
    for (int i = 0; i < axes->count; i++) {
        int axis;
        KIN_TRY(kin_expect_axis(call, axes->value[i], x->rank, &axis));
        if (x->dim[axis] != 1)
            return kin_op_fail(call, KIN_E_FORMAT, "squeeze: axis %d has a size of %lld, expected 1", axis,
                               (long long)x->dim[axis]);
        gone[axis] = true;
    }
    for (int d = 0; d < x->rank; d++)
        if (axes->count ? !gone[d] : x->dim[d] != 1) out.dim[out.rank++] = x->dim[d];
    return kin_op_result_like(call, 0, 0, &out);
}

static kin_status draw(kin_draw *draw_)
{
    kin_shape x = kin_draw_shape(draw_, 0, 6, 2);
    kin_ints *axes = &((kin_squeeze_attrs *)draw_->attrs)->axes;
    axes->count = 0;
    for (int d = 0; d < x.rank; d++)
        if (x.dim[d] == 1 && kin_draw_flip(draw_)) axes->value[axes->count++] = kin_draw_flip(draw_) ? d : d - x.rank;
    draw_->out_count = 1;
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

static const kin_attr attributes[] = {
    {"axes", KIN_ATTR_INTS, offsetof(kin_squeeze_attrs, axes), "", NULL, "which dimensions go; empty: all of size 1"},
};

const kin_op kin_op_squeeze = {
    .name = "squeeze",
    .summary = "drops dimensions of 1",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_squeeze_attrs),
    KIN_ATTR_TABLE(attributes),
    .in_place = true,
    .infer = infer,
    .forward = kin_op_same_bytes,
    KIN_SAME_BYTES_BACKWARD,
    .draw = draw,
};
