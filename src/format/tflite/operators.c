/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of TensorFlow Lite operators that we read and write. To add one: a line in operators[], and the rows of its options
 * where it has any. tests/format/test_operators.c checks that every op and attribute named here exists.
 */
#include "format/tflite/operators.h"

#include <string.h>

#include "format/tflite/schema.h"

static const char *const padding_words[] = {"same", "valid", NULL};

#define INT(field, name, attribute, fallback) {KIN_ROW_INT, field, name, attribute, 0, fallback, NULL}
#define AT(field, name, attribute, at, fallback) {KIN_ROW_AT, field, name, attribute, at, fallback, NULL}
#define INTS(field, name, attribute) {KIN_ROW_INTS, field, name, attribute, 0, 0, NULL}
#define FLOAT(field, name, attribute) {KIN_ROW_FLOAT, field, name, attribute, 0, 0, NULL}
#define BOOL(field, name, attribute) {KIN_ROW_BOOL, field, name, attribute, 0, 0, NULL}
#define WORD(field, name, attribute, words) {KIN_ROW_WORD, field, name, attribute, 0, 0, words}
#define TYPE(field, name, attribute, fallback) {KIN_ROW_TYPE, field, name, attribute, 0, fallback, NULL}
#define FUSED(field) {KIN_ROW_FUSED, field, "fused_activation_function", NULL, 0, 0, NULL}
#define REFUSE(field, name) {KIN_ROW_REFUSE, field, name, NULL, 0, 0, NULL}
#define TOLD(kind, field, name) {kind, field, name, NULL, 0, 0, NULL}
#define END {KIN_ROW_END, 0, NULL, NULL, 0, 0, NULL}

static const kin_operator_row conv_2d[] = {
    WORD(0, "padding", "padding", padding_words), AT(2, "stride_h", "stride", 0, 0),
    AT(1, "stride_w", "stride", 1, 0),            AT(5, "dilation_h_factor", "dilation", 0, 1),
    AT(4, "dilation_w_factor", "dilation", 1, 1), FUSED(3), END};
/* depth_multiplier is what the shapes say: TensorFlow Lite ignores it too, but its delegates want it. */
static const kin_operator_row depthwise_conv_2d[] = {
    WORD(0, "padding", "padding", padding_words), AT(2, "stride_h", "stride", 0, 0),
    AT(1, "stride_w", "stride", 1, 0),            AT(6, "dilation_h_factor", "dilation", 0, 1),
    AT(5, "dilation_w_factor", "dilation", 1, 1), TOLD(KIN_ROW_MULTIPLIER, 3, "depth_multiplier"), FUSED(4), END};
static const kin_operator_row pool_2d[] = {
    WORD(0, "padding", "padding", padding_words), AT(2, "stride_h", "stride", 0, 0),
    AT(1, "stride_w", "stride", 1, 0),            AT(4, "filter_height", "size", 0, 0),
    AT(3, "filter_width", "size", 1, 0),          FUSED(5), END};
static const kin_operator_row fully_connected[] = {FUSED(0), REFUSE(1, "weights_format"),
                                                   BOOL(2, "keep_num_dims", "keep_dims"), END};
static const kin_operator_row fused_only[] = {FUSED(0), END};
static const kin_operator_row softmax[] = {FLOAT(0, "beta", "beta"), END};
static const kin_operator_row concatenation[] = {INT(0, "axis", "axis", 0), FUSED(1), END};
static const kin_operator_row resize_bilinear[] = {BOOL(2, "align_corners", "align_corners"),
                                                   BOOL(3, "half_pixel_centers", "half_pixel_centers"), END};
static const kin_operator_row resize_nearest[] = {BOOL(0, "align_corners", "align_corners"),
                                                  BOOL(1, "half_pixel_centers", "half_pixel_centers"), END};
static const kin_operator_row reshape[] = {INTS(0, "new_shape", "shape"), END};
static const kin_operator_row block[] = {INT(0, "block_size", "block_size", 0), END};
static const kin_operator_row gather[] = {INT(0, "axis", "axis", 0), INT(1, "batch_dims", "batch_dims", 0), END};
static const kin_operator_row reducer[] = {BOOL(0, "keep_dims", "keep_dims"), END};
static const kin_operator_row squeeze[] = {INTS(0, "squeeze_dims", "axes"), END};
static const kin_operator_row strided_slice[] = {
    INT(0, "begin_mask", "begin_mask", 0),       INT(1, "end_mask", "end_mask", 0),
    INT(2, "ellipsis_mask", "ellipsis_mask", 0), INT(3, "new_axis_mask", "new_axis_mask", 0),
    INT(4, "shrink_axis_mask", "shrink_axis_mask", 0), BOOL(5, "offset", "offset"), END};
static const kin_operator_row cast[] = {TOLD(KIN_ROW_IN_TYPE, 0, "in_data_type"),
                                        TYPE(1, "out_data_type", "type", TFL_FLOAT32), END};
static const kin_operator_row shape[] = {TYPE(0, "out_type", "type", TFL_FLOAT32), END};
static const kin_operator_row unpack[] = {TOLD(KIN_ROW_OUTPUTS, 0, "num"), INT(1, "axis", "axis", 0), END};
static const kin_operator_row split[] = {TOLD(KIN_ROW_OUTPUTS, 0, "num_splits"), END};
static const char *const mirror_words[] = {"reflect", "symmetric", NULL};
static const kin_operator_row mirror_pad[] = {WORD(0, "mode", "mode", mirror_words), END};
static const kin_operator_row pack[] = {TOLD(KIN_ROW_INPUTS, 0, "values_count"), INT(1, "axis", "axis", 0), END};
static const kin_operator_row leaky_relu[] = {FLOAT(0, "alpha", "alpha"), END};

static const kin_operator operators[] = {
    {0, "add", TFL_OPT_ADD, fused_only, 0},
    {1, "avg_pool", TFL_OPT_POOL_2D, pool_2d, 0},
    {2, "concat", TFL_OPT_CONCATENATION, concatenation, 0},
    {3, "conv2d", TFL_OPT_CONV_2D, conv_2d, 0},
    {4, "depthwise_conv2d", TFL_OPT_DEPTHWISE_CONV_2D, depthwise_conv_2d, 0},
    {5, "depth_to_space", TFL_OPT_DEPTH_TO_SPACE, block, 0},
    {6, "dequantize", 0, NULL, 0},
    {8, "floor", 0, NULL, 0},
    {9, "dense", TFL_OPT_FULLY_CONNECTED, fully_connected, 0},
    {11, "l2_normalize", TFL_OPT_L2_NORM, fused_only, 0},
    {14, "sigmoid", 0, NULL, 0},
    {17, "max_pool", TFL_OPT_POOL_2D, pool_2d, 0},
    {18, "mul", TFL_OPT_MUL, fused_only, 0},
    {19, "relu", 0, NULL, 0},
    {20, "relu_n1_to_1", 0, NULL, 0},
    {21, "relu6", 0, NULL, 0},
    {22, "reshape", TFL_OPT_RESHAPE, reshape, 0},
    {23, "resize_bilinear", TFL_OPT_RESIZE_BILINEAR, resize_bilinear, 0},
    {25, "softmax", TFL_OPT_SOFTMAX, softmax, 0},
    {26, "space_to_depth", TFL_OPT_SPACE_TO_DEPTH, block, 0},
    {28, "tanh", 0, NULL, 0},
    {34, "pad", 0, NULL, 0},
    {36, "gather", TFL_OPT_GATHER, gather, 0},
    {39, "transpose", 0, NULL, 0},
    {40, "mean", TFL_OPT_REDUCER, reducer, 0},
    {41, "sub", TFL_OPT_SUB, fused_only, 0},
    {42, "div", TFL_OPT_DIV, fused_only, 0},
    {43, "squeeze", TFL_OPT_SQUEEZE, squeeze, 0},
    {45, "strided_slice", TFL_OPT_STRIDED_SLICE, strided_slice, 0},
    {47, "exp", 0, NULL, 0},
    {49, "split", TFL_OPT_SPLIT, split, 0},
    {50, "log_softmax", 0, NULL, 0},
    {53, "cast", TFL_OPT_CAST, cast, 0},
    {54, "prelu", 0, NULL, 0},
    {55, "maximum", 0, NULL, 0},
    {57, "minimum", 0, NULL, 0},
    {58, "less", 0, NULL, 0},
    {59, "neg", 0, NULL, 0},
    {60, "pad", 0, NULL, 3},
    {61, "greater", 0, NULL, 0},
    {62, "greater_equal", 0, NULL, 0},
    {63, "less_equal", 0, NULL, 0},
    {64, "select", 0, NULL, 0},
    {65, "slice", 0, NULL, 0},
    {66, "sin", 0, NULL, 0},
    {69, "tile", 0, NULL, 0},
    {70, "expand_dims", 0, NULL, 0},
    {71, "equal", 0, NULL, 0},
    {72, "not_equal", 0, NULL, 0},
    {73, "log", 0, NULL, 0},
    {74, "sum", TFL_OPT_REDUCER, reducer, 0},
    {75, "sqrt", 0, NULL, 0},
    {76, "rsqrt", 0, NULL, 0},
    {77, "shape", TFL_OPT_SHAPE, shape, 0},
    {78, "pow", 0, NULL, 0},
    {81, "reduce_prod", TFL_OPT_REDUCER, reducer, 0},
    {82, "reduce_max", TFL_OPT_REDUCER, reducer, 0},
    {83, "pack", TFL_OPT_PACK, pack, 0},
    {84, "logical_or", 0, NULL, 0},
    {86, "logical_and", 0, NULL, 0},
    {87, "logical_not", 0, NULL, 0},
    {88, "unpack", TFL_OPT_UNPACK, unpack, 0},
    {89, "reduce_min", TFL_OPT_REDUCER, reducer, 0},
    {90, "floor_div", 0, NULL, 0},
    {92, "square", 0, NULL, 0},
    {94, "fill", 0, NULL, 0},
    {95, "floor_mod", 0, NULL, 0},
    {96, "range", 0, NULL, 0},
    {97, "resize_nearest", TFL_OPT_RESIZE_NEAREST, resize_nearest, 0},
    {98, "leaky_relu", TFL_OPT_LEAKY_RELU, leaky_relu, 0},
    {99, "squared_difference", 0, NULL, 0},
    {100, "mirror_pad", TFL_OPT_MIRROR_PAD, mirror_pad, 0},
    {101, "abs", 0, NULL, 0},
    {102, "split_v", TFL_OPT_SPLIT_V, split, 0},
    {104, "ceil", 0, NULL, 0},
    {108, "cos", 0, NULL, 0},
    {111, "elu", 0, NULL, 0},
    {114, "quantize", 0, NULL, 0},
    {116, "round", 0, NULL, 0},
    {117, "hard_swish", 0, NULL, 0},
    {123, "select", 0, NULL, 0},
    {130, "broadcast_to", 0, NULL, 0},
};
enum { OPERATORS = sizeof operators / sizeof *operators };

const kin_operator *kin_operator_at(size_t i)
{
    return i < OPERATORS ? &operators[i] : NULL;
}

const kin_operator *kin_operator_find(int32_t code)
{
    for (size_t i = 0; i < OPERATORS; i++)
        if (operators[i].code == code) return &operators[i];
    return NULL;
}

const kin_operator *kin_operator_for(const kin_node *node)
{
    for (size_t i = OPERATORS; i-- > 0;)
        if (!strcmp(operators[i].op, node->op->name) && node->in_count >= operators[i].least) return &operators[i];
    return NULL;
}

const kin_fused_activation *kin_fused_find(int8_t value)
{
    static const kin_fused_activation fused[] = {
        [TFL_ACT_RELU] = {"relu", "relu"},
        [TFL_ACT_RELU_N1_TO_1] = {"relu_n1_to_1", "relu_n1_to_1"},
        [TFL_ACT_RELU6] = {"relu6", "relu6"},
        [TFL_ACT_TANH] = {"tanh", NULL},
        [TFL_ACT_SIGN_BIT] = {NULL, NULL},
    };
    return value > 0 && value < (int)(sizeof fused / sizeof *fused) ? &fused[value] : NULL;
}

int kin_fused_value(const char *word)
{
    const kin_fused_activation *fused;
    for (int8_t i = 1; (fused = kin_fused_find(i)); i++)
        if (fused->word && !strcmp(fused->word, word)) return i;
    return -1;
}
