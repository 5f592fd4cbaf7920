/* SPDX-License-Identifier: Apache-2.0
 *
 * Malformed calls that inference must refuse with the right status and a text that names node and field. A call is
 * written as its inputs: "float32[1,4,4,3] int32[2]=5,5" (with =: a constant), "-" for one that is left out.
 */
#include "support/cmocka.h"

#include "ops/call.h"

typedef struct {
    const char *op, *attributes, *inputs;
    size_t      outputs;
    kin_status  status;
    const char *says;
} refusal;

#define F KIN_E_FORMAT
#define U KIN_E_UNSUPPORTED

#define X4 "float32[1,4,4,6]"
#define W4 "float32[8,3,3,6]"
static const refusal refusals[] = {
    {"conv2d", "", X4, 1, F, "inputs"},
    {"conv2d", "", X4 " -", 1, F, "weights is missing"},
    {"conv2d", "", X4 " " W4 " float32[8] float32[8] " X4 " " X4, 1, F, "6 inputs"},
    {"conv2d", "", X4 " " W4, 2, F, "2 outputs"},
    {"conv2d", "stride=0,1", X4 " " W4, 1, F, "stride 0"},
    {"conv2d", "stride=1,-1", X4 " " W4, 1, F, "stride -1"},
    {"conv2d", "stride=1,1,1", X4 " " W4, 1, F, "stride has 3"},
    {"conv2d", "dilation=1,0", X4 " " W4, 1, F, "dilation 0"},
    {"conv2d", "dilation=9999999999,1", X4 " " W4, 1, F, "dilation 9999999999"},
    {"conv2d", "groups=0", X4 " " W4, 1, F, "groups 0"},
    {"conv2d", "groups=-2", X4 " " W4, 1, F, "groups -2"},
    {"conv2d", "groups=4", X4 " " W4, 1, F, "groups 4"},
    {"conv2d", "groups=2", X4 " " W4, 1, F, "weights for 6"},
    {"conv2d", "padding=explicit pads=0,-1,0,0", X4 " " W4, 1, F, "pads -1"},
    {"conv2d", "padding=explicit pads=1", X4 " " W4, 1, F, "pads has 1"},
    {"conv2d", "", "float32[1,2,4,6] " W4, 1, F, "does not fit"},
    {"conv2d", "padding=same", "float32[1,0,4,6] " W4, 1, F, "empty"},
    {"conv2d", "padding=same", X4 " float32[8,0,3,6]", 1, F, "empty"},
    {"conv2d", "", "float32[4,4,6] " W4, 1, F, "rank"},
    {"conv2d", "", X4 " float32[8,3,3]", 1, F, "rank"},
    {"conv2d", "", "int8[1,4,4,6] int8[8,3,3,6]", 1, U, "quantised"},
    {"conv2d", "", "int32[1,4,4,6] " W4, 1, U, "x is int32"},
    {"conv2d", "", X4 " float16[8,3,3,6]", 1, U, "weights is float16"},
    {"conv2d", "", X4 " " W4 " float32[7]", 1, F, "bias"},
    {"conv2d", "", X4 " " W4 " int32[8]", 1, U, "bias is int32"},
    {"conv2d", "activation=prelu", X4 " " W4, 1, F, "slope is missing"},
    {"conv2d", "activation=clamp low=1 high=-1", X4 " " W4, 1, F, "clamp"},
    {"conv2d", "", X4 " " W4 " - - " X4, 1, F, "residual"},
    {"conv2d", "padding=explicit pads=2147483647,2147483647,2147483647,2147483647",
     "float32[999999999,1,1,1] float32[999999999,1,1,1]", 1, F, "impossible shape"},
    {"depthwise_conv2d", "", X4 " float32[2,3,3,6]", 1, F, "weights [2"},
    {"depthwise_conv2d", "", X4 " float32[1,3,3,7]", 1, F, "weights [1"},
    {"depthwise_conv2d", "stride=1,0", X4 " float32[1,3,3,6]", 1, F, "stride 0"},
    {"depthwise_conv2d", "", "uint8[1,4,4,6] uint8[1,3,3,6]", 1, U, "quantised"},
    {"dense", "", "float32[2,5] float32[3,4]", 1, F, "rows of 4"},
    {"dense", "keep_dims=true", "float32[2,2,2] float32[3,4]", 1, F, "rows of 4"},
    {"dense", "", "float32[2,4] float32[3,0]", 1, F, "empty"},
    {"dense", "", "float32[] float32[3,1]", 1, F, "rank"},
    {"dense", "", "int8[2,4] int8[3,4]", 1, U, "quantised"},
    {"batch_norm", "", X4 " float32[6] float32[6] float32[5] float32[6]", 1, F, "mean has 5"},
    {"batch_norm", "epsilon=-1", X4 " float32[6] float32[6] float32[6] float32[6]", 1, F, "epsilon -1"},
    {"batch_norm", "", "float32[] float32[1] float32[1] float32[1] float32[1]", 1, F, "rank"},
    {"relu", "", "int8[4]", 1, U, "quantised"},
    {"relu", "", "-", 1, F, "x is missing"},
    {"leaky_relu", "", "int32[4]", 1, U, "int32"},
    {"prelu", "", "float32[2,3] float32[4]", 1, F, "slope"},
    {"prelu", "", "float32[3] float32[2,3]", 1, F, "slope"},
    {"softmax", "beta=0", "float32[2,3]", 1, F, "beta 0"},
    {"softmax", "", "float32[2,0]", 1, F, "empty"},
    {"softmax", "", "float32[]", 1, F, "rank"},
    {"log_softmax", "", "float32[0]", 1, F, "empty"},
    {"l2_normalize", "epsilon=0", "float32[2,3]", 1, F, "epsilon"},
    {"batch_norm_train", "", X4 " float32[6] float32[5]", 3, F, "beta has 5"},
    {"batch_norm_train", "", "float32[0,6] float32[6] float32[6]", 3, F, "empty"},
    {"batch_norm_train", "", X4 " float32[6] float32[6]", 1, F, "1 outputs"},
    {"dropout_train", "rate=1", "float32[2,3] int64[]", 1, F, "rate 1"},
    {"dropout_train", "", "float32[2,3] int64[2]", 1, F, "seed has 2"},
    {"dropout_train", "", "float32[2,3] int32[]", 1, U, "seed is int32"},
    {"dropout", "rate=1", "float32[2,3]", 1, F, "rate 1"},
    {"max_pool", "size=0,2", X4, 1, F, "size 0"},
    {"max_pool", "size=2", X4, 1, F, "size has 1"},
    {"max_pool", "size=2,2 stride=0,0", X4, 1, F, "stride 0"},
    {"max_pool", "size=5,5", X4, 1, F, "does not fit"},
    {"avg_pool", "size=2,2 padding=explicit pads=2,0,0,0", X4, 1, F, "pads"},
    {"avg_pool", "", "float32[1,0,4,6]", 1, F, "empty"},
    {"avg_pool", "activation=prelu", X4, 1, U, "activation"},
    {"avg_pool", "", "int8[1,4,4,6]", 1, U, "quantised"},
    {"resize_bilinear", "", X4 " int32[2]=0,4", 1, F, "size 0"},
    {"resize_bilinear", "", X4 " int32[2]=4,-1", 1, F, "size -1"},
    {"resize_bilinear", "", X4 " int32[2]=4,2147483647", 1, F, "2147483647"},
    {"resize_bilinear", "", X4 " int32[3]=4,4,4", 1, F, "numbers"},
    {"resize_bilinear", "", X4 " int32[1]=4", 1, F, "size has 1"},
    {"resize_bilinear", "", X4 " int32[2]", 1, U, "known before a run"},
    {"resize_bilinear", "", X4 " float32[2]=4,4", 1, F, "float32"},
    {"resize_bilinear", "align_corners=true half_pixel_centers=true", X4 " int32[2]=4,4", 1, F, "align_corners"},
    {"resize_bilinear", "", "int8[1,4,4,6] int32[2]=4,4", 1, U, "quantised"},
    {"resize_nearest", "", "float32[4,4,6] int32[2]=4,4", 1, F, "rank"},
    {"add", "", "float32[2,3] float32[2,4]", 1, F, "do not broadcast"},
    {"add", "", "float32[2,3] int32[2,3]", 1, F, "same type"},
    {"add", "", "int8[2,3] int8[2,3]", 1, U, "quantised"},
    {"add", "", "bool[2] bool[2]", 1, U, "bool"},
    {"add", "activation=leaky_relu", "float32[2] float32[2]", 1, U, "activation"},
    {"add", "", "float32[2147483647,1,1] float32[1,2147483647,2147483647]", 1, F, "impossible shape"},
    {"mul", "", "float32[2]", 1, F, "1 inputs"},
    {"pow", "", "float16[2] float16[2]", 1, U, "float16"},
    {"exp", "", "int32[2]", 1, U, "int32"},
    {"neg", "", "int16[2]", 1, U, "quantised"},
    {"mean", "", X4 " int32[1]=4", 1, F, "axis 4"},
    {"mean", "", X4 " int32[1]=-5", 1, F, "axis -5"},
    {"mean", "", X4 " int64[1]=-9223372036854775808", 1, F, "axis"},
    {"mean", "", X4 " int32[2]", 1, U, "known before a run"},
    {"mean", "", X4 " int32[1,1]=0", 1, F, "rank"},
    {"mean", "", "float32[1,0] int32[1]=1", 1, F, "empty"},
    {"sum", "", "int8[2,2] int32[1]=1", 1, U, "quantised"},
    {"less", "", "float32[2] float32[3]", 1, F, "do not broadcast"},
    {"less", "", "bool[2] bool[2]", 1, U, "bool"},
    {"equal", "", "int8[2] int8[2]", 1, U, "quantised"},
    {"logical_and", "", "float32[2] float32[2]", 1, U, "float32"},
    {"logical_not", "", "int32[2]", 1, U, "int32"},
    {"select", "", "float32[2] float32[2] float32[2]", 1, U, "condition"},
    {"select", "", "bool[2] float32[2] int32[2]", 1, F, "same type"},
    {"select", "", "bool[2] float32[3] float32[3]", 1, F, "do not broadcast"},
    {"reshape", "shape=5,5", "float32[2,3,4]", 1, F, "does not hold"},
    {"reshape", "shape=-1,-1", "float32[2,3,4]", 1, F, "-1"},
    {"reshape", "shape=-2,12", "float32[2,3,4]", 1, F, "-2"},
    {"reshape", "shape=-1,5", "float32[2,3,4]", 1, F, "does not hold"},
    {"reshape", "shape=0,-1", "float32[2,3,4]", 1, F, "does not hold"},
    {"reshape", "shape=4294967296,4294967296,4294967296", "float32[2]", 1, F, "4294967296"},
    {"reshape", "", "float32[2,3,4] int32[2]=25,1", 1, F, "does not hold"},
    {"reshape", "", "float32[2,3,4] int32[9]=1,1,1,1,1,1,2,3,4", 1, U, "dimensions"},
    {"reshape", "", "float32[2,3,4] int32[2]", 1, U, "known before a run"},
    {"reshape", "", "float32[2,3,4] float32[2]=4,6", 1, F, "float32"},
    {"flatten", "", "float32[]", 1, F, "rank"},
    {"squeeze", "axes=1", "float32[1,2]", 1, F, "axis 1"},
    {"squeeze", "axes=7", "float32[1,2]", 1, F, "axis 7"},
    {"expand_dims", "", "float32[2] int32[]=3", 1, F, "axis 3"},
    {"expand_dims", "", "float32[1,1,1,1,1,1,1,1] int32[]=0", 1, F, "rank"},
    {"expand_dims", "", "float32[2] int32[0]=", 1, F, "no number"},
    {"transpose", "", "float32[2,3] int32[2]=0,2", 1, F, "axis 2"},
    {"transpose", "", "float32[2,3] int32[2]=1,1", 1, F, "twice"},
    {"transpose", "", "float32[2,3] int32[1]=0", 1, F, "perm has 1"},
    {"transpose", "", "float32[2,3] int32[2]", 1, U, "known before a run"},
    {"concat", "axis=2", "float32[2,3] float32[2,3]", 1, F, "axis 2"},
    {"concat", "axis=99999999999", "float32[2,3] float32[2,3]", 1, F, "axis 99999999999"},
    {"concat", "axis=1", "float32[2,3] float32[3,3]", 1, F, "differ beside axis 1"},
    {"concat", "axis=1", "float32[2,3] float32[2]", 1, F, "differ"},
    {"concat", "axis=0", "float32[2] int32[2]", 1, F, "same type"},
    {"concat", "axis=0", "float32[2] -", 1, F, "missing"},
    {"concat", "axis=0", "float32[]", 1, F, "axis 0"},
    {"concat", "axis=0", "int8[4611686018427387904] int8[4611686018427387904]", 1, F, "do not fit"},
    {"pack", "axis=3", "float32[2,3]", 1, F, "axis 3"},
    {"pack", "", "float32[2,3] float32[3,2]", 1, F, "differ"},
    {"pack", "", "float32[1,1,1,1,1,1,1,1]", 1, F, "rank"},
    {"unpack", "axis=0", "float32[3,2]", 2, F, "2 outputs"},
    {"unpack", "axis=-3", "float32[3,2]", 3, F, "axis -3"},
    {"split", "", "int32[]=1 float32[2,5]", 2, F, "equal parts"},
    {"split", "", "int32[]=2 float32[2,5]", 5, F, "axis 2"},
    {"split", "", "int32[] float32[2,5]", 5, U, "known before a run"},
    {"split", "", "int32[0]= float32[2,5]", 5, F, "no number"},
    {"split_v", "", "float32[5] int32[2]=2,2 int32[]=0", 2, F, "leave 1"},
    {"split_v", "", "float32[5] int32[2]=6,-1 int32[]=0", 2, F, "sizes holds 6"},
    {"split_v", "", "float32[5] int32[2]=-1,-1 int32[]=0", 2, F, "sizes holds -1"},
    {"split_v", "", "float32[5] int32[3]=2,2,1 int32[]=0", 2, F, "3 sizes for 2"},
    {"slice", "", "float32[4,5] int32[2]=1,2 int32[2]=4,1", 1, F, "begin 1, size 4"},
    {"slice", "", "float32[4,5] int32[2]=-1,2 int32[2]=1,1", 1, F, "begin -1"},
    {"slice", "", "float32[4,5] int32[2]=0,2 int32[2]=1,-2", 1, F, "size -2"},
    {"slice", "", "float32[4,5] int64[2]=5,2 int64[2]=-1,1", 1, F, "begin 5"},
    {"slice", "", "float32[4,5] int64[2]=1,2 int64[2]=9223372036854775807,1", 1, F, "size 9223372036854775807"},
    {"slice", "", "float32[4,5] int32[1]=1 int32[2]=1,1", 1, F, "begin has 1"},
    {"slice", "", "float32[4,5] int32[2] int32[2]=1,1", 1, U, "known before a run"},
    {"strided_slice", "", "float32[4] int32[1]=0 int32[1]=4 int32[1]=0", 1, F, "strides[0] is 0"},
    {"strided_slice", "", "float32[4] int32[2]=0,0 int32[2]=4,4 int32[2]=1,1", 1, F, "begin names 2"},
    {"strided_slice", "", "float32[4] int32[1]=0 int32[2]=4,4 int32[1]=1", 1, F, "1, 2, 1"},
    {"strided_slice", "ellipsis_mask=3", "float32[4,4] int32[2]=0,0 int32[2]=4,4 int32[2]=1,1", 1, F, "ellipsis_mask"},
    {"strided_slice", "shrink_axis_mask=1", "float32[4] int32[1]=4 int32[1]=5 int32[1]=1", 1, F, "begin[0] is 4"},
    {"strided_slice", "shrink_axis_mask=1", "float32[4] int32[1]=-5 int32[1]=5 int32[1]=1", 1, F, "begin[0] is -5"},
    {"strided_slice", "shrink_axis_mask=1", "float32[0] int32[1]=0 int32[1]=1 int32[1]=1", 1, F, "begin[0] is 0"},
    {"strided_slice", "new_axis_mask=511",
     "float32[4] int32[9]=0,0,0,0,0,0,0,0,0 int32[9]=1,1,1,1,1,1,1,1,1 int32[9]=1,1,1,1,1,1,1,1,1", 1, U, "dimensions"},
    {"strided_slice", "offset=true",
     "float32[4] int64[1]=9223372036854775807 int64[1]=9223372036854775807 int64[1]=1", 1, F, "does not fit"},
    {"strided_slice", "", "float32[4] int32[1]=0 int32[1] int32[1]=1", 1, U, "known before a run"},
    {"gather", "axis=2", "float32[4,2] int32[3]", 1, F, "axis 2"},
    {"gather", "", "float32[4,2] float32[3]", 1, U, "indices is float32"},
    {"gather", "", "float32[4,2] int32[2]=0,4", 1, F, "indices[1] is 4"},
    {"gather", "", "float32[4,2] int64[2]=-1,0", 1, F, "indices[0] is -1"},
    {"gather", "axis=1 batch_dims=2", "float32[4,2] int32[4,2]", 1, F, "batch_dims 2"},
    {"gather", "axis=1 batch_dims=1", "float32[4,2] int32[3,2]", 1, F, "batch dimension 0"},
    {"gather", "", "float32[2,1,1,1,1] int32[1,1,1,1,1]", 1, U, "dimensions"},
    {"pad", "", "float32[2,3] int32[2,2]=0,-1,0,0", 1, F, "paddings hold -1"},
    {"pad", "", "float32[2,3] int32[3,2]=0,0,0,0,0,0", 1, F, "expected [2, 2]"},
    {"pad", "", "float32[2,3] int32[4]=0,0,0,0", 1, F, "expected [2, 2]"},
    {"pad", "", "float32[2,3] int32[2,2]", 1, U, "known before a run"},
    {"pad", "", "float32[2,3] int64[2,2]=9223372036854775807,0,0,0", 1, F, "paddings hold 9223372036854775807"},
    {"pad", "", "float32[2,3] int64[2,2]=4611686018427387904,0,0,0", 1, F, "impossible shape"},
    {"pad", "", "float32[2,3] int32[2,2]=0,1,0,0 int32[]", 1, F, "same type"},
    {"pad", "", "float32[2,3] int32[2,2]=0,1,0,0 float32[2]", 1, F, "value has 2"},
    {"mirror_pad", "", "float32[2,3] int32[2,2]=2,0,0,0", 1, F, "at most 1"},
    {"mirror_pad", "mode=symmetric", "float32[2,3] int32[2,2]=0,0,0,4", 1, F, "at most 3"},
    {"mirror_pad", "", "float32[0] int32[1,2]=0,0", 1, F, "at most -1"},
    {"tile", "", "float32[2,3] int32[2]=1,-1", 1, F, "multiples hold -1"},
    {"tile", "", "float32[2,3] int32[1]=2", 1, F, "multiples has 1"},
    {"tile", "", "float32[2,3] int64[2]=9223372036854775807,1", 1, F, "9223372036854775807"},
    {"broadcast_to", "", "float32[2] int32[2]=3,3", 1, F, "does not broadcast"},
    {"broadcast_to", "", "float32[2,1] int32[1]=2", 1, F, "does not broadcast"},
    {"broadcast_to", "", "float32[1] int32[1]=-1", 1, F, "-1"},
    {"broadcast_to", "", "float32[1] int64[2]=4611686018427387904,4", 1, F, "impossible shape"},
    {"depth_to_space", "block_size=0", X4, 1, F, "block_size 0"},
    {"depth_to_space", "block_size=2", X4, 1, F, "makes no blocks of 2 x 2"},
    {"depth_to_space", "block_size=2147483648", X4, 1, F, "block_size 2147483648"},
    {"space_to_depth", "block_size=3", X4, 1, F, "makes no blocks of 3 x 3"},
    {"space_to_depth", "block_size=2", "float32[4,4,6]", 1, F, "rank"},
    {"shape", "type=float32", X4, 1, F, "type"},
    {"shape", "", "int8[4294967296]", 1, F, "does not fit int32"},
    {"fill", "", "int32[2]=3,-1 float32[]", 1, F, "impossible shape"},
    {"fill", "", "int32[2]=3,3 float32[2]", 1, F, "value has 2"},
    {"fill", "", "int64[3]=4294967296,4294967296,4294967296 float32[]", 1, F, "impossible shape"},
    {"fill", "", "int32[2] float32[]", 1, U, "known before a run"},
    {"range", "", "int32[]=0 int32[]=5 int32[]=0", 1, F, "delta 0"},
    {"range", "", "int32[]=0 int64[]=5 int32[]=1", 1, F, "same type"},
    {"range", "", "int32[] int32[]=5 int32[]=1", 1, U, "known before a run"},
    {"range", "", "int32[2]=0,0 int32[]=5 int32[]=1", 1, F, "2 elements"},
    {"range", "", "int64[]=0 int64[]=9223372036854775807 int64[]=1", 1, F, "never ends"},
    {"quantize", "", "float32[4]", 1, U, "type"},
    {"quantize", "type=int8", "float32[4] float32[1] int64[1]", 1, U, "known before a run"},
    {"quantize", "type=int8", "float32[4] float32[1]=0 int64[1]=0", 1, F, "scale 0"},
    {"quantize", "type=int8", "float32[4] float32[1]=1 int64[1]=300", 1, F, "zero_point 300"},
    {"quantize", "type=int8 axis=0", "float32[4] float32[3]=1,1,1 int64[3]=0,0,0", 1, F, "3 scales"},
    {"quantize", "type=int8 axis=1", "float32[4] float32[4]=1,1,1,1 int64[4]=0,0,0,0", 1, F, "axis 1"},
    {"quantize", "type=float32", "float32[4] float32[1]=1 int64[1]=0", 1, U, "type"},
    {"quantize", "", "int8[4]", 1, U, "quantised"},
    {"dequantize", "", "int8[4]", 1, F, "no scale"},
    {"dequantize", "", "float32[4]", 1, U, "float32"},
    {"dequantize", "", "bool[4]", 1, U, "bool"},
};

/* --- reading a call's text --- */

static void put(kin_tensor *t, size_t i, const char *text)
{
    if (t->type == KIN_FLOAT32)
        ((float *)t->data)[i] = strtof(text, NULL);
    else if (t->type == KIN_INT64)
        ((int64_t *)t->data)[i] = strtoll(text, NULL, 10);
    else
        ((int32_t *)t->data)[i] = (int32_t)strtol(text, NULL, 10);
}

/* "float32[1,2]=3,4" */
static void read_tensor(kin_arena *arena, const char *text, kin_tensor *t)
{
    *t = (kin_tensor){.name = "input"};
    while (strncmp(text, kin_type_name(t->type), strlen(kin_type_name(t->type))) ||
           text[strlen(kin_type_name(t->type))] != '[')
        t->type++;
    const char *at = strchr(text, '[') + 1;
    while (*at != ']') t->shape.dim[t->shape.rank++] = strtoll(at, (char **)&at, 10), at += *at == ',';
    if (at[1] != '=') return;
    at += 2;
    size_t bytes = call_bytes(t);
    assert_int_equal(kin_arena_alloc(arena, bytes + 1, 1, &t->data), KIN_OK);
    for (size_t i = 0; i < kin_count(&t->shape); i++) {
        put(t, i, at);
        at += strcspn(at, ",") + 1;
    }
}

static kin_status infer_text(const refusal *r, char *error, size_t size)
{
    op_call     c;
    const char *at = r->inputs;
    call_begin(&c, kin_op_find(r->op), 1);
    if (kin_attrs_parse(&c.ctx, c.op, r->attributes, c.draw.attrs) != KIN_OK) {
        fprintf(stderr, "%s: %s\n", r->op, c.ctx.error);
        fail();
    }
    for (; *at; at += strcspn(at, " "), at += *at == ' ') {
        if (*at != '-') {
            read_tensor(&c.draw.arena, at, &c.in[c.in_count]);
            c.in_at[c.in_count] = &c.in[c.in_count];
        }
        c.in_count++;
    }
    for (size_t i = 0; i < r->outputs; i++) c.out_at[i] = &c.out[i];
    c.call = (kin_call){&c.ctx, "tested", c.draw.attrs, c.in_count, r->outputs, c.in_at, c.out_at};
    kin_status status = c.op->infer(&c.call);
    snprintf(error, size, "%s", c.ctx.error);
    kin_arena_free(&c.draw.arena);
    return status;
}

static void test_refusals(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const refusal *r = &refusals[i];
        char           error[KIN_ERROR_BYTES];
        kin_status     status = infer_text(r, error, sizeof error);
        if (status == r->status && strstr(error, "node 'tested'") && strstr(error, r->says)) continue;
        fprintf(stderr, "%s, '%s', %s: %s '%s', expected %s '%s'\n", r->op, r->attributes, r->inputs,
                kin_status_name(status), error, kin_status_name(r->status), r->says);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* The same way of writing calls, well formed: so that a refusal above is for its own reason. */
static void test_accepted(void **state)
{
    (void)state;
    static const refusal accepted[] = {
        {"conv2d", "", X4 " " W4 " float32[8]", 1, KIN_OK, ""},
        {"conv2d", "groups=2", X4 " float32[8,3,3,3] - - float32[1,2,2,8]", 1, KIN_OK, ""},
        {"dense", "", "float32[2,4] float32[3,4]", 1, KIN_OK, ""},
        {"mean", "", X4 " int32[2]=1,-2", 1, KIN_OK, ""},
        {"reshape", "", "float32[2,3,4] int64[2]=-1,6", 1, KIN_OK, ""},
        {"reshape", "shape=0,3", "float32[0]", 1, KIN_OK, ""},
        {"reshape", "shape=0", "float32[1]", 1, KIN_OK, ""},
        {"add", "", "float32[0,3] float32[1,3]", 1, KIN_OK, ""},
        {"concat", "axis=0", "float32[0] float32[4]", 1, KIN_OK, ""},
        {"strided_slice", "", "float32[4] int32[1]=3 int32[1]=0 int32[1]=1", 1, KIN_OK, ""}, /* nothing left */
        {"range", "", "int32[]=5 int32[]=0 int32[]=1", 1, KIN_OK, ""},
        {"quantize", "type=int8", "float32[4] float32[1]=0.5 int64[1]=3", 1, KIN_OK, ""},
    };
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        char       error[KIN_ERROR_BYTES];
        kin_status status = infer_text(&accepted[i], error, sizeof error);
        if (status != KIN_OK) fprintf(stderr, "%s, %s: %s\n", accepted[i].op, accepted[i].inputs, error);
        assert_int_equal(status, KIN_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals), cmocka_unit_test(test_accepted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
