/* SPDX-License-Identifier: Apache-2.0
 *
 * dense: y[r,o] = act(bias[o] + sum over k of x[r,k] * weights[o,k]), x taken as rows of k numbers. Then the residual, see
 * conv.h.
 *
 * TensorFlow: MatMul and BiasAdd (Keras: Dense); TensorFlow Lite: FULLY_CONNECTED (lite/kernels/fully_connected.cc), whose
 * keep_num_dims is keep_dims here. Without it all of x counts, whatever its rank: [1,7,7,64] is one row of 3,136.
 */
#include "nn/ops/conv_attrs.h"

static kin_status infer(const kin_call *call)
{
    const kin_op          *op = &kin_op_dense;
    const kin_dense_attrs *attrs = call->attrs;
    KIN_TRY(kin_op_begin(call, op));
    for (size_t i = KIN_IN_X; i <= KIN_IN_WEIGHTS; i++) {
        KIN_TRY(kin_op_type(call, op, i, KIN_SET_FLOAT));
        KIN_TRY(kin_op_not_empty(call, op, i));
    }
    KIN_TRY(kin_expect_rank(call, KIN_IN_X, 1, KIN_RANK_MAX));
    KIN_TRY(kin_expect_rank(call, KIN_IN_WEIGHTS, 2, 2));
    const kin_shape *x = &call->in[KIN_IN_X]->shape, *weights = &call->in[KIN_IN_WEIGHTS]->shape;
    int64_t          k = weights->dim[1], count = (int64_t)kin_count(x);
    if (attrs->keep_dims ? x->dim[x->rank - 1] != k : count % k != 0) {
        char shape[KIN_SHAPE_TEXT];
        return kin_op_fail(call, KIN_E_FORMAT, "dense: x is %s, expected rows of %lld numbers",
                           kin_shape_text(x, shape, sizeof shape), (long long)k);
    }
    kin_shape out = attrs->keep_dims ? *x : (kin_shape){2, {count / k, 0}};
    out.dim[out.rank - 1] = weights->dim[0];
    KIN_TRY(kin_op_result(call, 0, KIN_FLOAT32, &out));
    return kin_epilogue_infer(call, &attrs->epilogue, &out);
}

static void forward(const kin_call *call)
{
    const kin_dense_attrs *attrs = call->attrs;
    const float           *x = kin_floats(call, KIN_IN_X), *weights = kin_floats(call, KIN_IN_WEIGHTS);
    const float           *bias = kin_floats(call, KIN_IN_BIAS), *slope = kin_floats(call, KIN_IN_SLOPE);
    const float           *residual = kin_floats(call, KIN_IN_RESIDUAL);
    float                 *y = call->out[0]->data;
    size_t                 out = (size_t)call->in[KIN_IN_WEIGHTS]->shape.dim[0];
    size_t                 k = (size_t)call->in[KIN_IN_WEIGHTS]->shape.dim[1];
    size_t                 rows = kin_count(&call->in[KIN_IN_X]->shape) / k;
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < out; o++) {
            double sum = 0;
            for (size_t i = 0; i < k; i++) sum += (double)x[r * k + i] * weights[o * k + i];
            if (bias) sum += bias[o];
            y[r * out + o] = (float)kin_epilogue_apply(&attrs->epilogue, sum, slope, o, residual, r * out + o);
        }
}

/* dx = dy weights, dweights = dy^T x, dbias = the sum of dy's rows. */
static void backward(const kin_back *back)
{
    const float *x = kin_floats(back->call, KIN_IN_X), *weights = kin_floats(back->call, KIN_IN_WEIGHTS);
    const float *dy = back->dy[0]->data;
    size_t       out = (size_t)back->call->in[KIN_IN_WEIGHTS]->shape.dim[0];
    size_t       k = (size_t)back->call->in[KIN_IN_WEIGHTS]->shape.dim[1], rows = kin_count(&back->dy[0]->shape) / out;
    for (size_t r = 0; back->dx[KIN_IN_X] && r < rows; r++)
        for (size_t i = 0; i < k; i++) {
            double sum = 0;
            for (size_t o = 0; o < out; o++) sum += (double)dy[r * out + o] * weights[o * k + i];
            ((float *)back->dx[KIN_IN_X]->data)[r * k + i] = (float)sum;
        }
    for (size_t o = 0; back->dx[KIN_IN_WEIGHTS] && o < out; o++)
        for (size_t i = 0; i < k; i++) {
            double sum = 0;
            for (size_t r = 0; r < rows; r++) sum += (double)dy[r * out + o] * x[r * k + i];
            ((float *)back->dx[KIN_IN_WEIGHTS]->data)[o * k + i] = (float)sum;
        }
    if (back->call->in_count > KIN_IN_BIAS && back->dx[KIN_IN_BIAS]) kin_bias_backward(back);
}

static int64_t macs(const kin_call *call)
{
    int64_t macs;
    return kin_mul_i64((int64_t)kin_count(&call->in[KIN_IN_X]->shape), call->in[KIN_IN_WEIGHTS]->shape.dim[0], &macs)
               ? macs
               : INT64_MAX;
}

static kin_status draw(kin_draw *draw_)
{
    kin_dense_attrs *attrs = draw_->attrs;
    kin_shape        x = kin_draw_shape(draw_, 1, 4, 6);
    int64_t          last = x.dim[x.rank - 1], out = kin_draw_range(draw_, 1, 9);
    attrs->keep_dims = kin_draw_flip(draw_);
    if (!attrs->keep_dims && kin_draw_flip(draw_)) last = (int64_t)kin_count(&x); /* one row */
    kin_shape weights = {2, {out, last}};
    kin_shape y = attrs->keep_dims ? x : (kin_shape){2, {(int64_t)kin_count(&x) / last, 0}};
    y.dim[y.rank - 1] = out;
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, KIN_IN_X, KIN_FLOAT32, x, -1, 1, false));
    KIN_TRY(kin_draw_tensor(draw_, KIN_IN_WEIGHTS, KIN_FLOAT32, weights, -1, 1, true));
    return kin_draw_epilogue(draw_, &attrs->epilogue, y);
}

static const kin_attr attributes[] = {
    {"keep_dims", KIN_ATTR_BOOL, offsetof(kin_dense_attrs, keep_dims), "false", NULL,
     "the output keeps x's rank; else it is [rows, out]"},
    KIN_EPILOGUE_ATTRS(kin_dense_attrs),
};

const kin_op kin_op_dense = {
    .name = "dense",
    .summary = "fully connected layer, weights [out, in]",
    .inputs = "x weights bias? slope? residual?",
    .in_min = 2,
    .in_max = 5,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_dense_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    KIN_LAYER_BACKWARD(backward),
    .macs = macs,
    .draw = draw,
};
