/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of ops that are written out, and the small ones among them.
 */
#include "format/tflite/lower.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "nn/ops/common.h"
#include "nn/plan/rewrite.h"

/* --- adding --- */

kin_status kin_lower_fail(const kin_lowering *l, const char *format, ...)
{
    char    text[320], name[120];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return kin_fail(l->to->ctx, KIN_E_UNSUPPORTED, "node '%s' (%s): %s",
                    kin_printable(l->node->name, strlen(l->node->name), name, sizeof name), l->node->op->name, text);
}

/* "NODE/name", cut where it is long. */
static kin_status add_tensor(kin_lowering *l, const char *name, const kin_tensor *tensor, int *id)
{
    char text[256];
    snprintf(text, sizeof text, "%s/%s", l->node->name, name);
    return kin_graph_tensor(l->to, text, kin_utf8_valid(text, strlen(text)) ? strlen(text) : 0, tensor, id);
}

static kin_status add_node(kin_lowering *l, const kin_op *op, const int *in, size_t in_count, int out, kin_node **node,
                           int *id)
{
    kin_tensor value = {.type = KIN_FLOAT32};
    int        made = out;
    if (out < 0) KIN_TRY(add_tensor(l, op->name, &value, &made));
    KIN_TRY(kin_graph_node(l->to, op, l->node->name, strlen(l->node->name), in_count, 1, node));
    memcpy((*node)->in, in, in_count * sizeof *in);
    (*node)->out[0] = made;
    if (id) *id = made;
    return KIN_OK;
}

kin_status kin_lower_op(kin_lowering *l, const char *op, const char *attrs, const int *in, size_t in_count, int out,
                        int *id)
{
    kin_node *node;
    KIN_TRY(add_node(l, kin_op_find(op), in, in_count, out, &node, id));
    return kin_attrs_parse(l->to->ctx, node->op, attrs, node->attrs);
}

kin_status kin_lower_same(kin_lowering *l, const void *attrs, const int *in, size_t in_count, int out, int *id)
{
    kin_node *node;
    while (in_count > (size_t)l->node->op->in_min && in[in_count - 1] < 0) in_count--;
    KIN_TRY(add_node(l, l->node->op, in, in_count, out, &node, id));
    if (node->op->attrs_size) memcpy(node->attrs, attrs, node->op->attrs_size);
    return KIN_OK;
}

kin_status kin_lower_constant(kin_lowering *l, const char *name, kin_type type, kin_shape shape, const void *data,
                              int *id)
{
    kin_tensor t = {.type = type, .shape = shape};
    size_t     bytes;
    if (!kin_tensor_bytes(&t, &bytes)) return kin_lower_fail(l, "constant %s is too large", name);
    KIN_TRY(kin_arena_alloc(&l->to->arena, bytes ? bytes : 1, 1, &t.data));
    memcpy(t.data, data, bytes);
    return add_tensor(l, name, &t, id);
}

/* --- the ops --- */

/* x * scale + shift. (Behind a layer it is in its weights by now: kin_pass_norm.) */
static kin_status lower_batch_norm(kin_lowering *l)
{
    enum { X, GAMMA, BETA, MEAN, VARIANCE };
    const int  *in = l->node->in;
    kin_tensor *t = l->to->tensor;
    float      *scale, *shift;
    int         factor, term, product;
    double      epsilon = kin_node_number(l->node, "epsilon", 0);
    for (int i = GAMMA; i <= VARIANCE; i++)
        if (!t[in[i]].data) return kin_lower_fail(l, "its weights must be constants");
    kin_shape shape = t[in[GAMMA]].shape;
    size_t    count = kin_count(&shape);
    KIN_TRY(kin_arena_alloc(&l->to->arena, count, sizeof *scale, &scale));
    KIN_TRY(kin_arena_alloc(&l->to->arena, count, sizeof *shift, &shift));
    for (size_t c = 0; c < count; c++) {
        double s = kin_float_at(&t[in[GAMMA]], c) / sqrt((double)kin_float_at(&t[in[VARIANCE]], c) + epsilon);
        scale[c] = (float)s;
        shift[c] = (float)(kin_float_at(&t[in[BETA]], c) - s * kin_float_at(&t[in[MEAN]], c));
    }
    KIN_TRY(kin_lower_constant(l, "scale", KIN_FLOAT32, shape, scale, &factor));
    KIN_TRY(kin_lower_constant(l, "shift", KIN_FLOAT32, shape, shift, &term));
    KIN_TRY(kin_lower_op(l, "mul", "", (int[]){in[X], factor}, 2, -1, &product));
    return kin_lower_op(l, "add", "", (int[]){product, term}, 2, l->node->out[0], NULL);
}

/* [n, ...] to [n, k]: one of the two may be left open. */
static kin_status lower_flatten(kin_lowering *l)
{
    const kin_shape *x = &l->to->tensor[l->node->in[0]].shape;
    int64_t          each = 1;
    int              shape;
    for (int d = 1; d < x->rank; d++)
        if (x->dim[d] < 0 || !kin_mul_i64(each, x->dim[d], &each) || each > INT32_MAX) each = -1;
    if (each < 0 && x->dim[0] < 0) return kin_lower_fail(l, "neither the number of pictures nor their size is known");
    int32_t to[2] = {(int32_t)x->dim[0], (int32_t)each};
    KIN_TRY(kin_lower_constant(l, "shape", KIN_INT32, (kin_shape){1, {2}}, to, &shape));
    return kin_lower_op(l, "reshape", "", (int[]){l->node->in[0], shape}, 2, l->node->out[0], NULL);
}

/* x / max(sqrt(sum of x * x), epsilon): L2_NORMALIZATION has an epsilon of its own, 1e-6, and at most four dimensions. */
static kin_status lower_l2_normalize(kin_lowering *l)
{
    const kin_attr *epsilon = kin_attr_find(l->node->op, "epsilon");
    int             x = l->node->in[0], axis, least, v;
    if (kin_attr_is_fallback(epsilon, l->node->attrs) && l->to->tensor[x].shape.rank <= 4)
        return kin_lower_same(l, l->node->attrs, l->node->in, 1, l->node->out[0], NULL);
    float number = (float)kin_node_number(l->node, "epsilon", 0);
    KIN_TRY(kin_lower_constant(l, "axis", KIN_INT32, (kin_shape){1, {1}}, &(int32_t){-1}, &axis));
    KIN_TRY(kin_lower_constant(l, "epsilon", KIN_FLOAT32, (kin_shape){0, {0}}, &number, &least));
    KIN_TRY(kin_lower_op(l, "square", "", &x, 1, -1, &v));
    KIN_TRY(kin_lower_op(l, "sum", "keep_dims=true", (int[]){v, axis}, 2, -1, &v));
    KIN_TRY(kin_lower_op(l, "sqrt", "", &v, 1, -1, &v));
    KIN_TRY(kin_lower_op(l, "maximum", "", (int[]){v, least}, 2, -1, &v));
    return kin_lower_op(l, "div", "", (int[]){x, v}, 2, l->node->out[0], NULL);
}

/* Scale and zero point stand at the output, as inference has put them there. */
static kin_status lower_quantize(kin_lowering *l)
{
    return kin_lower_op(l, "quantize", "", l->node->in, 1, l->node->out[0], NULL);
}

/* Bits of masks that stand for no entry, or for one that another mask takes over, confuse TensorFlow Lite's kernel, and so
 * does a stride where one element is taken. */
static kin_status lower_strided_slice(kin_lowering *l)
{
    enum { X, BEGIN, END, STRIDES };
    static const char *const masks[] = {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"};
    const kin_shape *entries = &l->to->tensor[l->node->in[STRIDES]].shape;
    int              in[4], strides = l->node->in[STRIDES];
    int64_t         *mask[5];
    void            *attrs;
    bool             again = false;
    if (entries->rank != 1 || entries->dim[0] < 0 || entries->dim[0] > KIN_INTS_MAX)
        return kin_lower_fail(l, "how many entries it has is not known");
    KIN_TRY(kin_arena_alloc(&l->to->arena, 1, l->node->op->attrs_size, &attrs));
    memcpy(attrs, l->node->attrs, l->node->op->attrs_size);
    for (int i = 0; i < 5; i++) {
        mask[i] = (int64_t *)((char *)attrs + kin_attr_find(l->node->op, masks[i])->offset);
        *mask[i] &= (INT64_C(1) << entries->dim[0]) - 1;
    }
    *mask[3] &= ~*mask[2];
    *mask[4] &= ~(*mask[2] | *mask[3]);
    *mask[0] &= ~(*mask[2] | *mask[3] | *mask[4]);
    *mask[1] &= ~(*mask[2] | *mask[3] | *mask[4]);
    memcpy(in, l->node->in, sizeof in);
    if (l->to->tensor[strides].data) {
        int32_t to[KIN_INTS_MAX];
        for (int i = 0; i < entries->dim[0]; i++) {
            int64_t is = kin_int_at(&l->to->tensor[strides], (size_t)i);
            bool    one = *mask[4] >> i & 1;
            if (is != (int32_t)is) return kin_lower_fail(l, "a stride of %lld does not fit", (long long)is);
            to[i] = one ? 1 : (int32_t)is;
            again = again || (one && is != 1);
        }
        if (again) KIN_TRY(kin_lower_constant(l, "strides", KIN_INT32, *entries, to, &in[STRIDES]));
    }
    return kin_lower_same(l, attrs, in, 4, l->node->out[0], NULL);
}

/* --- sizes and axes --- */

/* Inputs that TensorFlow Lite takes as int32 only (lite/kernels/NAME.cc). */
static const struct {
    const char *op;
    size_t      in;
} int32_only[] = {{"mean", 1},    {"sum", 1},       {"reduce_max", 1},      {"reduce_min", 1},     {"reduce_prod", 1},
                  {"reshape", 1}, {"transpose", 1}, {"resize_bilinear", 1}, {"resize_nearest", 1}, {"split", 0},
                  {"split_v", 2}};

/* An int32 tensor of the same numbers. Constants that do not fit are far out of range for any axis or size. */
static kin_status narrowed(kin_lowering *l, int id, int *out)
{
    const kin_tensor *t = &l->to->tensor[id];
    size_t            count;
    int32_t          *narrow;
    if (!t->data) return kin_lower_op(l, "cast", "type=int32", &id, 1, -1, out);
    if (!kin_shape_elements(&t->shape, &count)) return kin_lower_fail(l, "a list of sizes is too long");
    KIN_TRY(kin_arena_alloc(&l->to->arena, count, sizeof *narrow, &narrow));
    for (size_t i = 0; i < count; i++) {
        int64_t wide = kin_int_at(t, i);
        if (wide != (int32_t)wide) return kin_lower_fail(l, "%lld does not fit", (long long)wide);
        narrow[i] = (int32_t)wide;
    }
    return kin_lower_constant(l, "int32", KIN_INT32, t->shape, narrow, out);
}

static kin_status add_as_it_is(kin_lowering *l)
{
    kin_node *node;
    KIN_TRY(kin_graph_node(l->to, l->node->op, l->node->name, strlen(l->node->name), l->node->in_count,
                           l->node->out_count, &node));
    size_t at = l->to->node_count - 1;
    for (size_t i = 0; i < l->node->in_count; i++) node->in[i] = l->node->in[i];
    for (size_t i = 0; i < l->node->out_count; i++) node->out[i] = l->node->out[i];
    node->attrs = l->node->attrs;
    for (size_t i = 0; i < sizeof int32_only / sizeof *int32_only; i++) {
        size_t k = int32_only[i].in;
        if (!kin_node_is(l->node, int32_only[i].op) || kin_node_in(l->node, k) < 0) continue;
        if (l->to->tensor[l->node->in[k]].type != KIN_INT64) continue;
        int id;
        KIN_TRY(narrowed(l, l->node->in[k], &id));
        l->to->node[at].in[k] = id; /* a cast stands behind: the graph is sorted again */
    }
    return KIN_OK;
}

/* --- the whole --- */

static const struct {
    const char *op;
    kin_status (*lower)(kin_lowering *);
} table[] = {
    {"conv2d", kin_lower_layer},        {"depthwise_conv2d", kin_lower_layer},
    {"dense", kin_lower_layer},         {"batch_norm", lower_batch_norm},
    {"max_pool", kin_lower_pool},       {"avg_pool", kin_lower_pool},
    {"l2_normalize", lower_l2_normalize}, {"flatten", lower_flatten},
    {"quantize", lower_quantize},       {"strided_slice", lower_strided_slice},
};

static kin_status lower_node(kin_lowering *l)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (kin_node_is(l->node, table[i].op)) return table[i].lower(l);
    return add_as_it_is(l);
}

kin_status kin_tflite_lower(const kin_graph *from, kin_graph **out)
{
    kin_lowering l;
    KIN_TRY(kin_graph_copy(from->ctx, from, &l.to));
    l.to->node_count = 0;
    kin_status status = KIN_OK;
    for (size_t n = 0; status == KIN_OK && n < from->node_count; n++) {
        l.node = &from->node[n];
        status = lower_node(&l);
    }
    if (status == KIN_OK) status = kin_graph_sort(l.to);
    if (status == KIN_OK)
        *out = l.to;
    else
        kin_graph_free(l.to);
    return status;
}
