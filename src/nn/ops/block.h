/* SPDX-License-Identifier: Apache-2.0
 *
 * Channels <-> blocks of pixels: a deep picture [n, h, w, b * b * c] and a wide one [n, h * b, w * b, c] hold the same runs
 * of c numbers: wide[n, h*b + i, w*b + j, c] = deep[n, h, w, (i*b + j) * channels + c].
 */
#ifndef KIN_NN_OPS_BLOCK_H
#define KIN_NN_OPS_BLOCK_H

#include "nn/ops/common.h"

typedef struct {
    int64_t block_size;
} kin_block_attrs;

static inline kin_status kin_block_infer(const kin_call *call, const kin_op *op, bool deepen)
{
    int64_t block = ((const kin_block_attrs *)call->attrs)->block_size, cells;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_expect_rank(call, 0, 4, 4));
    if (block < 1 || block > INT32_MAX)
        return kin_op_fail(call, KIN_E_FORMAT, "%s: block_size %lld, expected at least 1", op->name, (long long)block);
    kin_shape out = call->in[0]->shape;
    cells = block * block;
    bool fits = deepen ? out.dim[1] % block == 0 && out.dim[2] % block == 0 && kin_mul_i64(out.dim[3], cells, &out.dim[3])
                       : out.dim[3] % cells == 0 && kin_mul_i64(out.dim[1], block, &out.dim[1]) &&
                             kin_mul_i64(out.dim[2], block, &out.dim[2]);
    if (!fits) {
        char shape[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "%s: x is %s, which makes no blocks of %lld x %lld", op->name,
                           kin_shape_text(&call->in[0]->shape, shape, sizeof shape), (long long)block, (long long)block);
    }
    if (deepen)
        out.dim[1] /= block, out.dim[2] /= block;
    else
        out.dim[3] /= cells;
    return kin_op_result_like(call, 0, 0, &out);
}

/* Each direction is the other's gradient. */
static inline void kin_block_move(const kin_tensor *from, kin_tensor *to, const kin_block_attrs *attrs, bool deepen)
{
    int64_t        block = attrs->block_size;
    const int64_t *deep = deepen ? to->shape.dim : from->shape.dim, *wide = deepen ? from->shape.dim : to->shape.dim;
    size_t         run = (size_t)wide[3] * kin_type_size(from->type);
    const char    *x = from->data;
    char          *y = to->data;
    for (int64_t n = 0; n < wide[0]; n++)
        for (int64_t row = 0; row < wide[1]; row++)
            for (int64_t column = 0; column < wide[2]; column++) {
                int64_t cell = (n * deep[1] + row / block) * deep[2] + column / block;
                size_t  in_deep = (size_t)(cell * block * block + row % block * block + column % block);
                size_t  in_wide = (size_t)((n * wide[1] + row) * wide[2] + column);
                if (run) memcpy(y + (deepen ? in_deep : in_wide) * run, x + (deepen ? in_wide : in_deep) * run, run);
            }
}

static inline kin_status kin_block_draw(kin_draw *draw, bool deepen)
{
    int64_t   block = kin_draw_range(draw, 1, 3);
    kin_shape x = kin_draw_shape(draw, 4, 4, 4);
    if (deepen)
        x.dim[1] *= block, x.dim[2] *= block;
    else
        x.dim[3] *= block * block;
    ((kin_block_attrs *)draw->attrs)->block_size = block;
    draw->out_count = 1;
    return kin_draw_tensor(draw, 0, kin_draw_type(draw, KIN_SET_ANY), x, 0, 99, false);
}

/* deepen_: pixels into channels. */
#define KIN_BLOCK(name_, summary_, deepen_)                                                                            \
    static kin_status infer(const kin_call *call)                                                                      \
    {                                                                                                                  \
        return kin_block_infer(call, &kin_op_##name_, deepen_);                                                        \
    }                                                                                                                  \
    static void forward(const kin_call *call)                                                                          \
    {                                                                                                                  \
        kin_block_move(call->in[0], call->out[0], call->attrs, deepen_);                                               \
    }                                                                                                                  \
    static void backward(const kin_back *back)                                                                         \
    {                                                                                                                  \
        kin_block_move(back->dy[0], back->dx[0], back->call->attrs, !(deepen_));                                       \
    }                                                                                                                  \
    static kin_status draw(kin_draw *draw_)                                                                            \
    {                                                                                                                  \
        return kin_block_draw(draw_, deepen_);                                                                         \
    }                                                                                                                  \
    static const kin_attr attributes[] = {                                                                             \
        {"block_size", KIN_ATTR_INT, offsetof(kin_block_attrs, block_size), "2", NULL, "height and width of a block"},  \
    };                                                                                                                 \
    const kin_op kin_op_##name_ = {.name = #name_,                                                                     \
                                   .summary = summary_,                                                                \
                                   .inputs = "x",                                                                      \
                                   .in_min = 1,                                                                        \
                                   .in_max = 1,                                                                        \
                                   .out_min = 1,                                                                       \
                                   .out_max = 1,                                                                       \
                                   .attrs_size = sizeof(kin_block_attrs),                                              \
                                   KIN_ATTR_TABLE(attributes),                                                         \
                                   .infer = infer,                                                                     \
                                   .forward = forward,                                                                 \
                                   .backward = backward,                                                               \
                                   .backward_to = 1,                                                                   \
                                   .draw = draw};

#endif
