/* SPDX-License-Identifier: Apache-2.0
 *
 * gather: y[batch, outer, i, inner] = x[batch, outer, indices[batch, i], inner]: the slices of x along the axis that the
 * indices name. An index outside of the axis gives zeros (TensorFlow on CPU stops with an error, on GPU gives zeros too):
 * forward has no errors; one that is a constant of the file is refused.
 *
 * TensorFlow: GatherV2; TensorFlow Lite: GATHER (lite/kernels/internal/reference/gather.h).
 */
#include "nn/ops/common.h"

typedef struct {
    int64_t axis, batch_dims;
} kin_gather_attrs;

static kin_status infer(const kin_call *call)
{
    const kin_op           *op = &kin_op_gather;
    const kin_gather_attrs *attrs = call->attrs;
    int                     axis;
    KIN_TRY(kin_op_begin(call, op));
    KIN_TRY(kin_op_type(call, op, 1, KIN_SET_INDEX));
    const kin_shape *x = &call->in[0]->shape, *indices = &call->in[1]->shape;
    KIN_TRY(kin_expect_axis(call, attrs->axis, x->rank, &axis));
    int64_t batch = attrs->batch_dims < 0 ? attrs->batch_dims + indices->rank : attrs->batch_dims;
    if (batch < 0 || batch > axis || batch > indices->rank)
        return kin_op_fail(call, KIN_E_FORMAT, "gather: batch_dims %lld, expected at most axis %d and %d dimensions",
                           (long long)attrs->batch_dims, axis, indices->rank);
    for (int d = 0; d < batch; d++)
        if (x->dim[d] != indices->dim[d])
            return kin_op_fail(call, KIN_E_FORMAT, "gather: x and indices differ in batch dimension %d: %lld, %lld", d,
                               (long long)x->dim[d], (long long)indices->dim[d]);
    if (x->rank - 1 + indices->rank - batch > KIN_RANK_MAX)
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "gather: more than %d dimensions", (int)KIN_RANK_MAX);
    kin_shape out = {0, {0}};
    for (int d = 0; d < axis; d++) out.dim[out.rank++] = x->dim[d];
    for (int d = (int)batch; d < indices->rank; d++) out.dim[out.rank++] = indices->dim[d];
    for (int d = axis + 1; d < x->rank; d++) out.dim[out.rank++] = x->dim[d];
    size_t count = kin_count(indices);
    for (size_t i = 0; i < count && call->in[1]->data; i++) {
        int64_t index = kin_int_at(call->in[1], i);
        if (index < 0 || index >= x->dim[axis])
            return kin_op_fail(call, KIN_E_FORMAT, "gather: indices[%zu] is %lld, expected 0 to %lld", i,
                               (long long)index, (long long)x->dim[axis] - 1);
    }
    return kin_op_result_like(call, 0, 0, &out);
}

typedef struct {
    size_t batches, outer, each, size, run; /* of the formula above; run: elements of `inner` */
} dims;

static dims dims_of(const kin_call *call)
{
    const kin_gather_attrs *attrs = call->attrs;
    const kin_shape        *x = &call->in[0]->shape, *indices = &call->in[1]->shape;
    int axis = (int)(attrs->axis < 0 ? attrs->axis + x->rank : attrs->axis);
    int batch = (int)(attrs->batch_dims < 0 ? attrs->batch_dims + indices->rank : attrs->batch_dims);
    return (dims){kin_count_span(x, 0, batch), kin_count_span(x, batch, axis),
                  kin_count_span(indices, batch, indices->rank), (size_t)x->dim[axis],
                  kin_count_span(x, axis + 1, x->rank)};
}

static void forward(const kin_call *call)
{
    dims        d = dims_of(call);
    size_t      run = d.run * kin_type_size(call->in[0]->type);
    const char *from = call->in[0]->data;
    char       *y = call->out[0]->data;
    for (size_t b = 0; b < d.batches && run; b++)
        for (size_t o = 0; o < d.outer; o++, from += d.size * run)
            for (size_t i = 0; i < d.each; i++, y += run) {
                int64_t index = kin_int_at(call->in[1], b * d.each + i);
                if (index >= 0 && (uint64_t)index < d.size)
                    memcpy(y, from + (size_t)index * run, run);
                else
                    memset(y, 0, run);
            }
}

/* Each slice of dy is added where it was taken from. */
static void backward(const kin_back *back)
{
    dims         d = dims_of(back->call);
    const float *dy = back->dy[0]->data;
    float       *dx = back->dx[0]->data;
    memset(dx, 0, kin_count(&back->dx[0]->shape) * sizeof *dx);
    for (size_t b = 0; b < d.batches && d.run; b++)
        for (size_t o = 0; o < d.outer; o++, dx += d.size * d.run)
            for (size_t i = 0; i < d.each; i++, dy += d.run) {
                int64_t index = kin_int_at(back->call->in[1], b * d.each + i);
                if (index < 0 || (uint64_t)index >= d.size) continue;
                for (size_t r = 0; r < d.run; r++) dx[(size_t)index * d.run + r] += dy[r];
            }
}

static kin_status draw(kin_draw *draw_)
{
    kin_gather_attrs *attrs = draw_->attrs;
    kin_shape         x = kin_draw_shape(draw_, 1, 4, 5), indices = kin_draw_shape(draw_, 0, 3, 4);
    int               axis = (int)kin_draw_range(draw_, 0, x.rank - 1);
    int               batch = (int)kin_draw_range(draw_, 0, axis < indices.rank ? axis : indices.rank);
    for (int d = 0; d < batch; d++) indices.dim[d] = x.dim[d];
    attrs->axis = kin_draw_flip(draw_) ? axis : axis - x.rank;
    attrs->batch_dims = batch;
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, 0, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    bool constant = kin_draw_flip(draw_); /* only those that are not may lie outside */
    return kin_draw_tensor(draw_, 1, kin_draw_type(draw_, KIN_SET_INDEX), indices, constant ? 0 : -1,
                           (double)x.dim[axis] - constant, constant);
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_gather_attrs, "axis", KIN_ATTR_INT, axis, "0", "along which; negative: from the last"),
    KIN_ATTR(kin_gather_attrs, "batch_dims", KIN_ATTR_INT, batch_dims, "0", "leading dimensions that x and indices share"),
};

const kin_op kin_op_gather = {
    .name = "gather",
    .summary = "the slices along an axis that indices name; zeros for an index outside",
    .inputs = "x indices",
    .in_min = 2,
    .in_max = 2,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_gather_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{2, 0}},
    .draw = draw,
};
