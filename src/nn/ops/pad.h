/* SPDX-License-Identifier: Apache-2.0
 *
 * What pad and mirror_pad share: the list of paddings [rank, 2], before and after each dimension.
 */
#ifndef KIN_NN_OPS_PAD_H
#define KIN_NN_OPS_PAD_H

#include "nn/ops/common.h"

/* Checks input 1 and gives the output's shape. */
static inline kin_status kin_pad_shape(const kin_call *call, const kin_op *op, kin_shape *out)
{
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 1, KIN_SET_INDEX));
    const kin_tensor *pads = call->in[1];
    *out = call->in[0]->shape;
    if (pads->shape.rank != 2 || pads->shape.dim[0] != out->rank || pads->shape.dim[1] != 2) {
        char shape[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "%s: paddings are %s, expected [%d, 2]", op->name,
                           kin_shape_text(&pads->shape, shape, sizeof shape), out->rank);
    }
    if (!pads->data && out->rank)
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "%s: paddings must be known before a run, but depend on the input",
                           op->name);
    for (int d = 0; d < out->rank; d++)
        for (int side = 0; side < 2; side++) {
            int64_t pad = kin_int_at(pads, (size_t)(2 * d + side));
            if (pad < 0 || !kin_add_i64(out->dim[d], pad, &out->dim[d]))
                return kin_op_fail(call, KIN_E_FORMAT, "%s: paddings hold %lld for axis %d, expected at least 0",
                                   op->name, (long long)pad, d);
        }
    return KIN_OK;
}

/* For draw: x and paddings of 0 .. `largest`, for mirrors at most the dimension minus `less`. */
static inline kin_status kin_pad_draw(kin_draw *draw, unsigned types, int64_t largest, bool mirror, int64_t less)
{
    kin_shape x = kin_draw_shape(draw, 0, 5, 4), pads = {2, {x.rank, 2}};
    draw->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw, 0, kin_draw_type(draw, types), x, 0, 99, false));
    KIN_TRY(kin_draw_tensor(draw, 1, kin_draw_type(draw, KIN_SET_INDEX), pads, 0, 0, true));
    for (int64_t i = 0; i < 2 * x.rank; i++) {
        int64_t most = mirror && x.dim[i / 2] - less < largest ? x.dim[i / 2] - less : largest;
        int64_t pad = kin_draw_range(draw, 0, most);
        if (draw->in[1].type == KIN_INT64)
            ((int64_t *)draw->in[1].data)[i] = pad;
        else
            ((int32_t *)draw->in[1].data)[i] = (int32_t)pad;
    }
    return KIN_OK;
}

#endif
