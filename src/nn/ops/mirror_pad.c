/* SPDX-License-Identifier: Apache-2.0
 *
 * mirror_pad: x with its own elements mirrored before and after each dimension: reflect leaves the border out (c b | a b c |
 * b a), symmetric repeats it (b a | a b c | c b).
 *
 * TensorFlow: MirrorPad; TensorFlow Lite: MIRROR_PAD (lite/kernels/mirror_pad.cc).
 */
#include "nn/ops/pad.h"

typedef struct {
    int mode;
} kin_mirror_pad_attrs;

enum { REFLECT, SYMMETRIC };

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_mirror_pad;
    int           mode = ((const kin_mirror_pad_attrs *)call->attrs)->mode;
    kin_shape     out;
    KIN_TRY(kin_pad_shape(call, op, &out));
    if (mode != REFLECT && mode != SYMMETRIC)
        return kin_op_fail(call, KIN_E_FORMAT, "mirror_pad: mode %d does not exist", mode);
    for (int i = 0; i < 2 * out.rank; i++) {
        int64_t most = call->in[0]->shape.dim[i / 2] - (mode == REFLECT), pad = kin_int_at(call->in[1], (size_t)i);
        if (pad > most)
            return kin_op_fail(call, KIN_E_FORMAT, "mirror_pad: paddings hold %lld for axis %d, expected at most %lld",
                               (long long)pad, i / 2, (long long)most);
    }
    return kin_op_result_like(call, 0, 0, &out);
}

/* Which element of x stands where the walk over y is. */
static size_t source(const kin_call *call, const kin_shape *x, const kin_walk *walk)
{
    int64_t border = ((const kin_mirror_pad_attrs *)call->attrs)->mode == SYMMETRIC, at = 0;
    for (int d = 0; d < x->rank; d++) {
        int64_t k = walk->at[d] - kin_int_at(call->in[1], (size_t)(2 * d));
        if (k < 0) k = -k - border;
        if (k >= x->dim[d]) k = 2 * (x->dim[d] - 1) - k + border;
        at = at * x->dim[d] + k;
    }
    return (size_t)at;
}

static void forward(const kin_call *call)
{
    const kin_shape *x = &call->in[0]->shape;
    size_t           size = kin_type_size(call->in[0]->type), count = kin_count(&call->out[0]->shape);
    char            *y = call->out[0]->data;
    kin_walk         walk = kin_walk_make(&call->out[0]->shape);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk))
        memcpy(y + i * size, (const char *)call->in[0]->data + source(call, x, &walk) * size, size);
}

static void backward(const kin_back *back)
{
    const kin_shape *x = &back->dx[0]->shape;
    const float     *dy = back->dy[0]->data;
    float           *dx = back->dx[0]->data;
    size_t           count = kin_count(&back->dy[0]->shape);
    kin_walk         walk = kin_walk_make(&back->dy[0]->shape);
    memset(dx, 0, kin_count(x) * sizeof *dx);
    for (size_t i = 0; i < count; i++, kin_walk_next(&walk)) dx[source(back->call, x, &walk)] += dy[i];
}

static kin_status draw(kin_draw *draw_)
{
    int mode = (int)kin_draw_range(draw_, REFLECT, SYMMETRIC);
    ((kin_mirror_pad_attrs *)draw_->attrs)->mode = mode;
    return kin_pad_draw(draw_, KIN_SET_ANY, 3, true, mode == REFLECT);
}

static const char *const modes[] = {"reflect", "symmetric", NULL};
static const kin_attr    attributes[] = {
    {"mode", KIN_ATTR_ENUM, offsetof(kin_mirror_pad_attrs, mode), "reflect", modes,
        "reflect (without the border) or symmetric (with it)"},
};

const kin_op kin_op_mirror_pad = {
    .name = "mirror_pad",
    .summary = "puts mirrored elements around a tensor",
    .inputs = "x paddings",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_mirror_pad_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{2, 0}},
    .draw = draw,
};
