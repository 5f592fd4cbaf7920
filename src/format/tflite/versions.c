/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions of operators: two tables, the greatest that holds counts. Too low a version would let an old interpreter run
 * what it does not understand. Source: TensorFlow, compiler/mlir/lite/tools/versioning/op_version.cc, as far as our ops
 * take the types.
 */
#include <string.h>

#include "format/tflite/operators.h"
#include "nn/plan/rewrite.h"

/* By the element type of input `in`, in the order of kin_type; 0: 1. */
static const struct {
    const char *op;
    uint8_t     in, f32, f16, i32, i8, u8, i16, i64, boolean;
} by_type[] = {
    {"add", 0, .i64 = 4},
    {"mul", 0, .i64 = 5},
    {"sub", 0, .i64 = 4},
    {"floor_div", 0, .f32 = 2},
    {"abs", 0, .i32 = 5},
    {"range", 0, .i64 = 2},
    {"concat", 0, .i8 = 2, .i16 = 3},
    {"pack", 0, .i8 = 2, .i16 = 3},
    {"unpack", 0, .i8 = 2, .u8 = 2, .boolean = 3, .i16 = 4, .f16 = 5},
    {"split", 1, .i8 = 2, .i32 = 3, .i16 = 4},
    {"split_v", 0, .i8 = 2},
    {"gather", 0, .i8 = 2, .boolean = 3, .i16 = 4},
    {"transpose", 0, .i8 = 2, .boolean = 3, .i16 = 5},
    {"slice", 0, .i8 = 2, .i16 = 4},
    {"strided_slice", 0, .i8 = 2, .boolean = 3},
    {"pad", 0, .i8 = 2, .i16 = 3, .boolean = 5},
    {"mirror_pad", 0, .i8 = 2, .i16 = 3},
    {"tile", 0, .i8 = 3},
    {"fill", 1, .boolean = 2, .i8 = 3, .i16 = 3, .f16 = 4},
    {"broadcast_to", 0, 2, 2, 2, 3, 2, 3, 2, 2},
    {"space_to_depth", 0, .i8 = 2},
    {"depth_to_space", 0, .i8 = 2},
    {"resize_nearest", 0, .i8 = 2, .i16 = 4},
    {"cast", 0, .i8 = 3, .f16 = 5},
    {"dequantize", 0, .i8 = 2, .i16 = 3, .f16 = 3},
};

/* By what else the node wants. */
typedef enum {
    NOT_FALLBACK, /* the attribute has another value than where it is not given */
    RANK_ABOVE,   /* of input 0: `number` */
    BROADCAST,    /* two shapes, one of a rank above 4 */
    INPUTS,       /* so many: `number` */
    PER_AXIS,     /* input or output 0 has several scales */
    MAKES         /* output 0 is of type `number` */
} condition;

static const struct {
    const char *op;
    uint8_t     version;
    condition   when;
    const char *attribute;
    int         number;
} by_need[] = {
    {"conv2d", 6, NOT_FALLBACK, "groups", 0},
    {"depthwise_conv2d", 2, NOT_FALLBACK, "dilation", 0},
    {"dense", 6, INPUTS, NULL, 2},
    {"dense", 5, NOT_FALLBACK, "keep_dims", 0},
    {"gather", 5, NOT_FALLBACK, "batch_dims", 0},
    {"strided_slice", 8, NOT_FALLBACK, "offset", 0},
    {"strided_slice", 6, NOT_FALLBACK, "ellipsis_mask", 0},
    {"strided_slice", 6, NOT_FALLBACK, "new_axis_mask", 0},
    {"strided_slice", 4, RANK_ABOVE, NULL, 4},
    {"slice", 5, RANK_ABOVE, NULL, 4},
    {"pad", 4, RANK_ABOVE, NULL, 4},
    {"transpose", 4, RANK_ABOVE, NULL, 4},
    {"transpose", 6, RANK_ABOVE, NULL, 5},
    {"transpose", 8, RANK_ABOVE, NULL, 6},
    {"resize_bilinear", 3, NOT_FALLBACK, "half_pixel_centers", 0},
    {"resize_nearest", 3, NOT_FALLBACK, "half_pixel_centers", 0},
    {"resize_nearest", 3, NOT_FALLBACK, "align_corners", 0},
    {"maximum", 3, BROADCAST, NULL, 0},
    {"minimum", 3, BROADCAST, NULL, 0},
    {"sub", 3, BROADCAST, NULL, 0},
    {"div", 2, BROADCAST, NULL, 0},
    {"dequantize", 5, PER_AXIS, NULL, 0},
    {"quantize", 3, PER_AXIS, NULL, 0},
    {"quantize", 2, MAKES, NULL, KIN_INT16},
    {"cast", 3, MAKES, NULL, KIN_INT8},
    {"cast", 5, MAKES, NULL, KIN_FLOAT16},
};

static bool holds(size_t i, const kin_graph *graph, const kin_node *node)
{
    const kin_tensor *in = &graph->tensor[node->in[0]], *out = &graph->tensor[node->out[0]];
    switch (by_need[i].when) {
    case NOT_FALLBACK: return !kin_attr_is_fallback(kin_attr_find(node->op, by_need[i].attribute), node->attrs);
    case RANK_ABOVE: return in->shape.rank > by_need[i].number;
    case BROADCAST:
        return !kin_shape_equal(&in->shape, &graph->tensor[node->in[1]].shape) &&
               (in->shape.rank > 4 || graph->tensor[node->in[1]].shape.rank > 4);
    case INPUTS: return node->in_count == (size_t)by_need[i].number;
    case PER_AXIS: return in->quant.count > 1 || out->quant.count > 1;
    case MAKES: return (int)out->type == by_need[i].number;
    }
    return false;
}

int kin_operator_version(const kin_graph *graph, const kin_node *node)
{
    int version = 1;
    for (size_t i = 0; i < sizeof by_type / sizeof *by_type; i++) {
        if (!kin_node_is(node, by_type[i].op)) continue;
        const uint8_t types[KIN_TYPES] = {
            [KIN_FLOAT32] = by_type[i].f32, [KIN_FLOAT16] = by_type[i].f16, [KIN_INT32] = by_type[i].i32,
            [KIN_INT8] = by_type[i].i8,     [KIN_UINT8] = by_type[i].u8,    [KIN_INT16] = by_type[i].i16,
            [KIN_INT64] = by_type[i].i64,   [KIN_BOOL] = by_type[i].boolean};
        int is = types[graph->tensor[node->in[by_type[i].in]].type];
        if (is > version) version = is;
    }
    for (size_t i = 0; i < sizeof by_need / sizeof *by_need; i++)
        if (kin_node_is(node, by_need[i].op) && by_need[i].version > version && holds(i, graph, node))
            version = by_need[i].version;
    return version;
}
