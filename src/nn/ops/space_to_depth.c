/* SPDX-License-Identifier: Apache-2.0
 *
 * space_to_depth: y[n, h, w, (i*b + j) * channels + c] = x[n, h*b + i, w*b + j, c], with b the block size.
 *
 * TensorFlow: SpaceToDepth (NHWC); TensorFlow Lite: SPACE_TO_DEPTH (lite/kernels/internal/reference/space_to_depth.h).
 */
#include "nn/ops/common.h"

typedef struct {
    int64_t block_size;
} kin_space_to_depth_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op *op = &kin_op_space_to_depth;
    int64_t       block = ((const kin_space_to_depth_attrs *)call->attrs)->block_size;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_expect_rank(call, 0, 4, 4));
    if (block < 1 || block > INT32_MAX)
        return kin_op_fail(call, KIN_E_FORMAT, "space_to_depth: block_size %lld, expected at least 1", (long long)block);
    kin_shape out = call->in[0]->shape;
    if (out.dim[1] % block || out.dim[2] % block || !kin_mul_i64(out.dim[3], block * block, &out.dim[3]))
        return kin_op_fail(call, KIN_E_FORMAT, "space_to_depth: %lld x %lld pixels make no blocks of %lld x %lld",
                           (long long)out.dim[1], (long long)out.dim[2], (long long)block, (long long)block);
    out.dim[1] /= block, out.dim[2] /= block;
    return kin_op_result_like(call, 0, 0, &out);
}

static void forward(const kin_call *call)
{
    int64_t        block = ((const kin_space_to_depth_attrs *)call->attrs)->block_size;
    const int64_t *deep = call->out[0]->shape.dim, *wide = call->in[0]->shape.dim;
    size_t         run = (size_t)wide[3] * kin_type_size(call->in[0]->type);
    const char    *x = call->in[0]->data;
    char          *y = call->out[0]->data;
    for (int64_t n = 0; n < wide[0]; n++)
        for (int64_t row = 0; row < wide[1]; row++)
            for (int64_t column = 0; column < wide[2]; column++) {
                int64_t cell = (n * deep[1] + row / block) * deep[2] + column / block;
                size_t  in_deep = (size_t)(cell * block * block + row % block * block + column % block);
                size_t  in_wide = (size_t)((n * wide[1] + row) * wide[2] + column);
                if (run) memcpy(y + in_deep * run, x + in_wide * run, run);
            }
}

static kin_status draw(kin_draw *draw_)
{
    int64_t   block = kin_draw_range(draw_, 1, 3);
    kin_shape x = kin_draw_shape(draw_, 4, 4, 4);
    x.dim[1] *= block, x.dim[2] *= block;
    ((kin_space_to_depth_attrs *)draw_->attrs)->block_size = block;
    draw_->out_count = 1;
    return kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false);
}

static const kin_attr attributes[] = {
    {"block_size", KIN_ATTR_INT, offsetof(kin_space_to_depth_attrs, block_size), "2", NULL, "height and width of a block"},
};

const kin_op kin_op_space_to_depth = {
    .name = "space_to_depth",
    .summary = "moves blocks of pixels into channels",
    .inputs = "x",
    .in_min = 1,
    .in_max = 1,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_space_to_depth_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .draw = draw,
};
