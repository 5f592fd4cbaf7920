/* SPDX-License-Identifier: Apache-2.0
 *
 * PReLU written out by old converters, relu(x) - slope * relu(-x) in its variants, becomes one op again; the slope of
 * every prelu takes its plain form [c].
 */
#include "nn/plan/epilogue.h"
#include "nn/plan/passes.h"

/* A value that is factor * slope * relu(-x). */
typedef struct {
    int    x;
    double factor;
    int    slope; /* a constant tensor, -1: 1 */
} negative;

/* x of a node that is -x, before its activation; else -1. */
static int minus(const kin_rewrite *r, const kin_node *node)
{
    float by;
    if (kin_node_is(node, "neg")) return node->in[0];
    if (!kin_node_is(node, "mul")) return -1;
    if (kin_rewrite_scalar(r, node->in[1], &by) && by == -1) return node->in[0];
    if (kin_rewrite_scalar(r, node->in[0], &by) && by == -1) return node->in[1];
    return -1;
}

/* relu(-x), min(x, 0), x - |x|, |x| - x. */
static bool bare_negative(const kin_rewrite *r, const kin_node *node, negative *out)
{
    float zero;
    if (kin_node_is(node, "relu")) {
        const kin_node *inner = kin_rewrite_maker(r, node->in[0]);
        out->x = inner && kin_node_activation(inner) == 0 ? minus(r, inner) : -1;
        return out->x >= 0;
    }
    if (kin_node_is(node, "mul") && kin_node_activation(node) == KIN_ACT_RELU) {
        out->x = minus(r, node);
        return out->x >= 0;
    }
    if (kin_node_activation(node) != 0) return false;
    if (kin_node_is(node, "minimum") && kin_rewrite_scalar(r, node->in[1], &zero) && zero == 0) {
        out->x = node->in[0];
        out->factor = -out->factor;
        return true;
    }
    if (!kin_node_is(node, "sub")) return false;
    const kin_node *a = kin_rewrite_maker(r, node->in[0]), *b = kin_rewrite_maker(r, node->in[1]);
    if (kin_node_is(b, "abs") && b->in[0] == node->in[0]) {
        out->x = node->in[0];
        out->factor *= -2;
        return true;
    }
    if (kin_node_is(a, "abs") && a->in[0] == node->in[1]) {
        out->x = node->in[1];
        out->factor *= 2;
        return true;
    }
    return false;
}

static bool scale_by(const kin_rewrite *r, int constant, negative *out)
{
    float v;
    if (kin_rewrite_scalar(r, constant, &v)) {
        out->factor *= v;
        return true;
    }
    if (out->slope >= 0 || r->graph->tensor[constant].type != KIN_FLOAT32) return false;
    out->slope = constant;
    return true;
}

static bool match_negative(const kin_rewrite *r, int id, negative *out)
{
    *out = (negative){-1, 1, -1};
    for (int depth = 0; depth < 4; depth++) { /* a few factors around it */
        const kin_node *node = kin_rewrite_maker(r, id);
        if (!node) return false;
        if (bare_negative(r, node, out)) return true;
        if (kin_node_activation(node) != 0) return false;
        if (kin_node_is(node, "neg")) {
            out->factor = -out->factor;
            id = node->in[0];
        } else if (kin_node_is(node, "mul")) {
            int constant = kin_rewrite_constant(r, node->in[1]);
            if (!constant && !kin_rewrite_constant(r, node->in[0])) return false;
            if (!scale_by(r, node->in[constant ? 1 : 0], out)) return false;
            id = node->in[constant ? 0 : 1];
        } else
            return false;
    }
    return false;
}

/* The whole: relu(x) + n(x), n(x) + relu(x), relu(x) - n(x). Gives x and the slope's sign in out->factor. */
static bool match(const kin_rewrite *r, const kin_node *node, negative *out)
{
    bool sub = kin_node_is(node, "sub");
    if ((!sub && !kin_node_is(node, "add")) || kin_node_activation(node) != 0) return false;
    for (int side = 0; side < (sub ? 1 : 2); side++) {
        const kin_node *relu = kin_rewrite_maker(r, node->in[side]);
        if (!kin_node_is(relu, "relu") || !match_negative(r, node->in[1 - side], out) || out->x != relu->in[0]) continue;
        if (!sub) out->factor = -out->factor; /* below zero relu(-x) = -x */
        return r->graph->tensor[out->x].type == KIN_FLOAT32;
    }
    return false;
}

/* Slopes of a higher rank than x, or more of them than x has channels, would broadcast x: the output had another shape. A
 * built graph knows the shapes of layers only before a plan. */
static bool shape_fits(const kin_rewrite *r, int x, int slope)
{
    const kin_node  *maker = kin_rewrite_maker(r, x);
    const kin_shape *declared = &r->graph->tensor[x].shape, *slopes = &r->graph->tensor[slope].shape;
    int              rank = kin_is_layer(maker) && !kin_node_is(maker, "dense") ? 4 : declared->rank;
    int64_t          channels = kin_is_layer(maker)   ? kin_layer_channels(r, maker)
                                : declared->rank > 0 ? declared->dim[declared->rank - 1]
                                                     : -1;
    return slopes->rank <= (rank ? rank : 1) && (channels != 1 || kin_count(slopes) == 1);
}

/* A constant [c] that is factor * slope. */
static kin_status make_slope(kin_rewrite *r, int slope, double factor, int *id)
{
    size_t    count = kin_count(&r->graph->tensor[slope].shape);
    kin_shape shape = {1, {(int64_t)count}};
    KIN_TRY(kin_rewrite_new(r, "slope", KIN_FLOAT32, shape, id));
    float *to = r->graph->tensor[*id].data;
    for (size_t i = 0; i < count; i++) to[i] = (float)(factor * kin_float_at(&r->graph->tensor[slope], i));
    return KIN_OK;
}

static bool plain_slope(const kin_rewrite *r, int slope)
{
    const kin_tensor *t = kin_rewrite_tensor(r, slope);
    size_t            channels = t && t->shape.rank ? (size_t)t->shape.dim[t->shape.rank - 1] : 1;
    return kin_rewrite_channels(r, slope, channels);
}

static kin_status fold(kin_rewrite *r, kin_node *node, const negative *part)
{
    const kin_op *op = kin_op_find(part->slope < 0 ? "leaky_relu" : "prelu");
    int           in[2] = {part->x, -1};
    void         *attrs = NULL;
    if (!op) return KIN_OK;
    if (part->slope >= 0) {
        if (!plain_slope(r, part->slope) || !shape_fits(r, part->x, part->slope)) return KIN_OK;
        KIN_TRY(make_slope(r, part->slope, part->factor, &in[1]));
    }
    KIN_TRY(kin_arena_alloc(&r->graph->arena, 1, op->attrs_size, &attrs));
    KIN_TRY(kin_attrs_default(r->graph->ctx, op, attrs));
    const kin_attr *alpha = kin_attr_find(op, "alpha");
    if (part->slope < 0 && (!alpha || alpha->kind != KIN_ATTR_FLOAT)) return KIN_OK;
    if (part->slope < 0) *(double *)((char *)attrs + alpha->offset) = part->factor;
    return kin_rewrite_become(r, node, op, attrs, in, part->slope < 0 ? 1 : 2);
}

kin_status kin_pass_prelu(kin_rewrite *rewrite)
{
    for (size_t n = 0; n < rewrite->graph->node_count; n++) {
        kin_node *node = &rewrite->graph->node[n];
        negative  part;
        int       in[2];
        if (match(rewrite, node, &part)) {
            KIN_TRY(fold(rewrite, node, &part));
        } else if (kin_node_is(node, "prelu") && rewrite->graph->tensor[node->in[1]].shape.rank > 1 &&
                   plain_slope(rewrite, node->in[1]) && shape_fits(rewrite, node->in[0], node->in[1])) {
            in[0] = node->in[0];
            KIN_TRY(make_slope(rewrite, node->in[1], 1, &in[1]));
            KIN_TRY(kin_rewrite_become(rewrite, node, node->op, node->attrs, in, 2));
        }
    }
    return KIN_OK;
}
