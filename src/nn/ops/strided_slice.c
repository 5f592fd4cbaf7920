/* SPDX-License-Identifier: Apache-2.0
 *
 * strided_slice: Python's x[begin:end:stride, ...] with TensorFlow's masks, one bit an entry of begin, end and strides:
 * begin_mask, end_mask: the number does not count (from / to the border); ellipsis_mask: the entry stands for all dimensions
 * that no other entry names; new_axis_mask: it puts in a dimension of 1; shrink_axis_mask: it takes the one element at begin
 * and drops the dimension. Dimensions behind the last entry are taken whole. offset: end counts from begin.
 *
 * TensorFlow: StridedSlice (core/util/strided_slice_op.cc: which mask wins); TensorFlow Lite: STRIDED_SLICE
 * (lite/kernels/internal/strided_slice_logic.h: clamping). A stride of 0 and an index outside of x are refused.
 */
#include "nn/ops/common.h"

typedef struct {
    int64_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
    bool    offset;
} kin_strided_slice_attrs;

enum { X, BEGIN, END, STRIDES };

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

/* From `begin` to before `end` in steps of `stride` (not 0) of a dimension of `size`; each as Python has it. */
static int64_t range_count(int64_t size, int64_t stride, int64_t *begin, int64_t end)
{
    int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? size : size - 1;
    int64_t first = clamp(*begin < 0 ? *begin + size : *begin, low, high);
    int64_t last = clamp(end < 0 ? end + size : end, low, high);
    *begin = first;
    int64_t length = stride > 0 ? last - first : first - last;
    int64_t pace = stride > 0 ? stride : stride == INT64_MIN ? INT64_MAX : -stride;
    return length <= 0 ? 0 : (length - 1) / pace + 1;
}

/* What the call comes to: the output's shape and the walk through x. Never fails in forward, after infer. */
typedef struct {
    const kin_call *call;
    kin_ints        begin, end, strides;
    int             axis; /* of x, next */
    kin_walk        walk;
    int64_t         dense[KIN_RANK_MAX];
} resolved;

static kin_status add(resolved *r, int64_t dim, int64_t step)
{
    if (r->walk.rank == KIN_RANK_MAX)
        return kin_op_fail(r->call, KIN_E_UNSUPPORTED, "strided_slice: more than %d dimensions", (int)KIN_RANK_MAX);
    r->walk.dim[r->walk.rank] = dim;
    r->walk.step[0][r->walk.rank++] = dim > 1 ? step : 0; /* a huge stride that is never taken cannot overflow */
    return KIN_OK;
}

/* Entry `i` applied to dimension r->axis of x. */
static kin_status take(resolved *r, int i)
{
    const kin_strided_slice_attrs *attrs = r->call->attrs;
    int64_t size = r->call->in[X]->shape.dim[r->axis], stride = r->strides.value[i];
    int64_t begin = r->begin.value[i], end = r->end.value[i], dense = r->dense[r->axis++];
    if (stride == 0) return kin_op_fail(r->call, KIN_E_FORMAT, "strided_slice: strides[%d] is 0", i);
    if (attrs->shrink_axis_mask >> i & 1) {
        if (begin < -size || begin >= size)
            return kin_op_fail(r->call, KIN_E_FORMAT, "strided_slice: begin[%d] is %lld, outside of %lld elements", i,
                               (long long)begin, (long long)size);
        r->walk.offset[0] += (begin < 0 ? begin + size : begin) * dense;
        return KIN_OK;
    }
    if (attrs->offset && !kin_add_i64(begin, end, &end))
        return kin_op_fail(r->call, KIN_E_FORMAT, "strided_slice: begin[%d] + end[%d] does not fit", i, i);
    if (attrs->begin_mask >> i & 1) begin = stride > 0 ? 0 : size - 1;
    if (attrs->end_mask >> i & 1) end = stride > 0 ? size : INT64_MIN;
    int64_t count = range_count(size, stride, &begin, end);
    if (count) r->walk.offset[0] += begin * dense;
    return add(r, count, count > 1 ? stride * dense : 0);
}

static kin_status resolve(const kin_call *call, resolved *r)
{
    const kin_strided_slice_attrs *attrs = call->attrs;
    const kin_shape               *x = &call->in[X]->shape;
    *r = (resolved){.call = call, .walk = {.sources = 1}};
    kin_dense_steps(x, r->dense);
    KIN_TRY(kin_expect_ints(call, BEGIN, KIN_INTS_MAX, &r->begin));
    KIN_TRY(kin_expect_ints(call, END, KIN_INTS_MAX, &r->end));
    KIN_TRY(kin_expect_ints(call, STRIDES, KIN_INTS_MAX, &r->strides));
    int count = r->begin.count, named = 0;
    if (r->end.count != count || r->strides.count != count)
        return kin_op_fail(call, KIN_E_FORMAT, "strided_slice: begin, end, strides have %d, %d, %d numbers", count,
                           r->end.count, r->strides.count);
    int64_t ellipsis = attrs->ellipsis_mask & ((INT64_C(1) << count) - 1);
    if (ellipsis & (ellipsis - 1))
        return kin_op_fail(call, KIN_E_FORMAT, "strided_slice: ellipsis_mask %lld names several entries",
                           (long long)attrs->ellipsis_mask);
    for (int i = 0; i < count; i++) named += !((ellipsis | attrs->new_axis_mask) >> i & 1);
    if (named > x->rank)
        return kin_op_fail(call, KIN_E_FORMAT, "strided_slice: begin names %d dimensions of %d", named, x->rank);
    for (int i = 0; i < count; i++) {
        if (ellipsis >> i & 1) {
            for (int whole = x->rank - named; whole > 0; whole--, r->axis++)
                KIN_TRY(add(r, x->dim[r->axis], r->dense[r->axis]));
        } else if (attrs->new_axis_mask >> i & 1) {
            KIN_TRY(add(r, 1, 0));
        } else {
            KIN_TRY(take(r, i));
        }
    }
    for (; r->axis < x->rank; r->axis++) KIN_TRY(add(r, x->dim[r->axis], r->dense[r->axis]));
    return KIN_OK;
}

static kin_status infer(const kin_call *call)
{
    resolved r;
    KIN_TRY(kin_op_begin(call, &kin_op_strided_slice));
    KIN_TRY(resolve(call, &r));
    kin_shape out = kin_shape_make(r.walk.rank, r.walk.dim);
    return kin_op_result_like(call, 0, X, &out);
}

static void forward(const kin_call *call)
{
    resolved r;
    resolve(call, &r);
    kin_walk_copy(r.walk, call->in[X]->data, call->out[0]->data, kin_type_size(call->in[X]->type));
}

static void backward(const kin_back *back)
{
    kin_tensor *dx = back->dx[X];
    resolved    r;
    resolve(back->call, &r);
    memset(dx->data, 0, kin_count(&dx->shape) * sizeof(float));
    kin_walk_put(r.walk, back->dy[0]->data, dx->data, sizeof(float));
}

static kin_status draw(kin_draw *draw_)
{
    kin_strided_slice_attrs *attrs = draw_->attrs;
    kin_shape                x = kin_draw_shape(draw_, 1, 5, 6);
    int64_t                  begin[KIN_RANK_MAX], end[KIN_RANK_MAX], strides[KIN_RANK_MAX];
    int                      count = (int)kin_draw_range(draw_, 1, x.rank);
    attrs->begin_mask = kin_draw_range(draw_, 0, 31);
    attrs->end_mask = kin_draw_range(draw_, 0, 31);
    attrs->shrink_axis_mask = kin_draw_flip(draw_) ? kin_draw_range(draw_, 0, 31) : 0;
    attrs->new_axis_mask = kin_draw_flip(draw_) ? INT64_C(1) << kin_draw_range(draw_, 0, 4) : 0;
    attrs->ellipsis_mask = kin_draw_flip(draw_) ? INT64_C(1) << kin_draw_range(draw_, 0, 4) : 0;
    for (int i = 0; i < count; i++) {
        begin[i] = attrs->shrink_axis_mask >> i & 1 ? kin_draw_range(draw_, -1, 0) : kin_draw_range(draw_, -8, 8);
        end[i] = kin_draw_range(draw_, -8, 8);
        strides[i] = kin_draw_range(draw_, 1, 3) * (kin_draw_flip(draw_) ? 1 : -1);
    }
    draw_->out_count = 1;
    KIN_TRY(kin_draw_tensor(draw_, X, kin_draw_type(draw_, KIN_SET_ANY), x, 0, 99, false));
    KIN_TRY(kin_draw_ints(draw_, BEGIN, count, begin));
    KIN_TRY(kin_draw_ints(draw_, END, count, end));
    return kin_draw_ints(draw_, STRIDES, count, strides);
}

static const kin_attr attributes[] = {
    KIN_ATTR(kin_strided_slice_attrs, "begin_mask", KIN_ATTR_INT, begin_mask, "0", "bits: begin does not count"),
    KIN_ATTR(kin_strided_slice_attrs, "end_mask", KIN_ATTR_INT, end_mask, "0", "bits: end does not count"),
    KIN_ATTR(kin_strided_slice_attrs, "ellipsis_mask", KIN_ATTR_INT, ellipsis_mask, "0",
             "bit: all dimensions that are not named"),
    KIN_ATTR(kin_strided_slice_attrs, "new_axis_mask", KIN_ATTR_INT, new_axis_mask, "0", "bits: a new dimension of 1"),
    KIN_ATTR(kin_strided_slice_attrs, "shrink_axis_mask", KIN_ATTR_INT, shrink_axis_mask, "0",
             "bits: one element, the dimension goes"),
    KIN_ATTR(kin_strided_slice_attrs, "offset", KIN_ATTR_BOOL, offset, "false", "end counts from begin"),
};

const kin_op kin_op_strided_slice = {
    .name = "strided_slice",
    .summary = "begin:end:stride of each dimension, as in Python",
    .inputs = "x begin end strides",
    .in_min = 4,
    .in_max = 4,
    .out_min = 1,
    .out_max = 1,
    .attrs_size = sizeof(kin_strided_slice_attrs),
    KIN_ATTR_TABLE(attributes),
    .infer = infer,
    .forward = forward,
    .backward = backward,
    .backward_to = 1,
    .backward_reads = {{1u << BEGIN | 1u << END | 1u << STRIDES, 0}},
    .draw = draw,
};
