/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two resizes share: attributes, checks, scales. All arithmetic of coordinates is in float, as TensorFlow Lite
 * does it: which pixel is taken must not depend on who calculates.
 */
#ifndef KIN_NN_OPS_RESIZE_H
#define KIN_NN_OPS_RESIZE_H

#include "nn/ops/common.h"

typedef struct {
    bool align_corners, half_pixel_centers;
} kin_resize_attrs;

enum { KIN_RESIZE_LARGEST = 1 << 24 }; /* sizes up to here are whole numbers in float */

static inline kin_status kin_resize_infer(const kin_call *call, const kin_op *op, unsigned types)
{
    const kin_resize_attrs *attrs = call->attrs;
    kin_ints                size;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 0, types));
    KIN_TRY(kin_expect_rank(call, 0, 4, 4));
    KIN_TRY(kin_op_not_empty(call, op, 0));
    if (attrs->align_corners && attrs->half_pixel_centers)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: align_corners and half_pixel_centers exclude each other", op->name);
    KIN_TRY(kin_expect_ints(call, 1, 2, &size));
    if (size.count != 2)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: size has %d numbers, expected height and width", op->name,
                           size.count);
    kin_shape out = call->in[0]->shape;
    for (int d = 0; d < 2; d++) {
        if (size.value[d] < 1 || size.value[d] > KIN_RESIZE_LARGEST || out.dim[1 + d] > KIN_RESIZE_LARGEST)
            return kin_op_fail(call, KIN_E_FORMAT, "%s: size %lld of %lld, expected 1 to %d", op->name,
                               (long long)size.value[d], (long long)out.dim[1 + d], (int)KIN_RESIZE_LARGEST);
        out.dim[1 + d] = size.value[d];
    }
    return kin_op_result_like(call, 0, 0, &out);
}

/* Input pixels a output pixel. */
static inline float kin_resize_scale(const kin_resize_attrs *attrs, int64_t in, int64_t out)
{
    return attrs->align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

static inline kin_status kin_resize_draw(kin_draw *draw, unsigned types)
{
    kin_resize_attrs *attrs = draw->attrs;
    kin_shape         x = kin_draw_shape(draw, 4, 4, 7);
    int64_t           size[2] = {kin_draw_range(draw, 1, 15), kin_draw_range(draw, 1, 15)};
    int64_t           form = kin_draw_range(draw, 0, 2);
    attrs->align_corners = form == 1, attrs->half_pixel_centers = form == 2;
    draw->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw, 0, kin_draw_type(draw, types), x, 0, 99, false));
    return kin_draw_ints(draw, 1, 2, size);
}

#define KIN_RESIZE(name_, summary_, types_)                                                                            \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        return kin_resize_infer(call, &kin_op_##name_, types_);                                                        \
    }                                                                                                                  \
    static kin_status draw(kin_draw *draw_)                                                                            \
    {                                                                                                                  \
        return kin_resize_draw(draw_, types_);                                                                         \
    }                                                                                                                  \
    static const kin_attr attributes[] = {                                                                             \
        {"align_corners", KIN_ATTR_BOOL, offsetof(kin_resize_attrs, align_corners), "false", NULL,                     \
         "the corner pixels' centres stay where they are"},                                                            \
        {"half_pixel_centers", KIN_ATTR_BOOL, offsetof(kin_resize_attrs, half_pixel_centers), "false", NULL,           \
         "pixel i has its centre at i + 0.5"},                                                                         \
    };                                                                                                                 \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x size",                                                                 \
                                   .in_min = 2,                                                                        \
                                   .in_max = 2,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .attrs_size = sizeof(kin_resize_attrs),                                             \
                                   KIN_ATTR_TABLE(attributes),                                                         \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .backward = backward,                                                               \
                                   .backward_to = 1,                                                                   \
                                   .draw = draw};

#endif
