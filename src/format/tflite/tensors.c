/* SPDX-License-Identifier: Apache-2.0
 *
 * Tensors of a TensorFlow Lite file: type, shape, quantisation, constants used where they lie in the file.
 */
#include <math.h>
#include <string.h>

#include "format/tflite/read.h"
#include "format/tflite/schema.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "constants of a file are used in place: little-endian machines only"
#endif

static const struct {
    int8_t   code;
    kin_type type;
    int64_t  least, most; /* of a zero point; least > most: such a type is not quantised */
} types[] = {
    {TFL_FLOAT32, KIN_FLOAT32, 1, 0},          {TFL_FLOAT16, KIN_FLOAT16, 1, 0}, {TFL_INT32, KIN_INT32, INT32_MIN, INT32_MAX},
    {TFL_UINT8, KIN_UINT8, 0, UINT8_MAX},      {TFL_INT64, KIN_INT64, INT32_MIN, INT32_MAX},
    {TFL_BOOL, KIN_BOOL, 1, 0},                {TFL_INT16, KIN_INT16, INT16_MIN, INT16_MAX},
    {TFL_INT8, KIN_INT8, INT8_MIN, INT8_MAX},
};
enum { TYPES = sizeof types / sizeof *types };

static size_t type_row(int8_t code)
{
    size_t i = 0;
    while (i < TYPES && types[i].code != code) i++;
    return i;
}

bool kin_tflite_type(int8_t code, kin_type *out)
{
    size_t i = type_row(code);
    if (i == TYPES) return false;
    *out = types[i].type;
    return true;
}

int8_t kin_tflite_code(kin_type type)
{
    size_t i = 0;
    while (types[i].type != type) i++;
    return types[i].code;
}

/* --- shape --- */

static kin_status read_dims(const kin_fb_table *table, int field, const char *name, int64_t least, kin_shape *out,
                            bool *present)
{
    kin_fb_vector dims;
    KIN_TRY(kin_fb_items(table, field, name, 4, &dims));
    if (dims.count > KIN_RANK_MAX)
        return kin_fb_fail(table, KIN_E_UNSUPPORTED, name, "rank %zu, expected at most %d", dims.count, KIN_RANK_MAX);
    out->rank = (int)dims.count;
    for (size_t i = 0; i < dims.count; i++) {
        out->dim[i] = kin_fb_item_i32(&dims, i);
        if (out->dim[i] < least)
            return kin_fb_fail(table, KIN_E_FORMAT, name, "dimension %zu is %lld, expected %lld or more", i,
                               (long long)out->dim[i], (long long)least);
    }
    *present = dims.count > 0;
    return KIN_OK;
}

/* The stored shape, -1 where the signature says that a dimension may change. */
static kin_status read_shape(const kin_fb_table *table, kin_shape *shape)
{
    kin_shape signature = {0};
    size_t    elements;
    bool      present;
    KIN_TRY(read_dims(table, TFL_TENSOR_SHAPE, "shape", 0, shape, &present));
    if (!kin_shape_elements(shape, &elements))
        return kin_fb_fail(table, KIN_E_FORMAT, "shape", "more elements than memory can hold");
    KIN_TRY(read_dims(table, TFL_TENSOR_SHAPE_SIGNATURE, "shape_signature", -1, &signature, &present));
    if (!present) return KIN_OK;
    if (signature.rank != shape->rank)
        return kin_fb_fail(table, KIN_E_FORMAT, "shape_signature", "rank %d, but the shape has %d", signature.rank,
                           shape->rank);
    for (int i = 0; i < shape->rank; i++) {
        if (signature.dim[i] != -1 && signature.dim[i] != shape->dim[i])
            return kin_fb_fail(table, KIN_E_FORMAT, "shape_signature", "dimension %d is %lld, but the shape says %lld",
                               i, (long long)signature.dim[i], (long long)shape->dim[i]);
        shape->dim[i] = signature.dim[i];
    }
    return KIN_OK;
}

/* --- quantisation --- */

/* One scale, or one a slice along the quantised dimension. */
static kin_status check_axis(const kin_fb_table *table, const kin_shape *shape, size_t count, int32_t axis)
{
    if (count == 1) return KIN_OK;
    if (axis < 0 || axis >= shape->rank)
        return kin_fb_fail(table, KIN_E_FORMAT, "quantized_dimension", "%d of a tensor of rank %d", axis, shape->rank);
    if (shape->dim[axis] < 0 || (uint64_t)shape->dim[axis] != count)
        return kin_fb_fail(table, KIN_E_FORMAT, "scale", "%zu scales for %lld slices", count,
                           (long long)shape->dim[axis]);
    return KIN_OK;
}

static kin_status read_quant(kin_tflite *reader, const kin_fb_table *tensor, size_t type, const kin_shape *shape,
                             kin_quant *quant)
{
    kin_fb_table  table;
    kin_fb_vector scales, zeros;
    uint8_t       details;
    int32_t       axis;
    float        *scale;
    int64_t      *zero;
    KIN_TRY(kin_fb_child(tensor, TFL_TENSOR_QUANTIZATION, "quantization", &table));
    if (!table.file) return KIN_OK;
    KIN_TRY(kin_fb_u8(&table, TFL_QUANT_DETAILS_TYPE, "details_type", 0, &details));
    if (details) return kin_fb_fail(&table, KIN_E_UNSUPPORTED, "details_type", "custom quantisation");
    KIN_TRY(kin_fb_items(&table, TFL_QUANT_SCALE, "scale", 4, &scales));
    KIN_TRY(kin_fb_items(&table, TFL_QUANT_ZERO_POINT, "zero_point", 8, &zeros));
    KIN_TRY(kin_fb_i32(&table, TFL_QUANT_DIMENSION, "quantized_dimension", 0, &axis));
    /* Files trained with ranges carry them on float tensors too: no meaning there. */
    if (scales.count == 0 || types[type].least > types[type].most) return KIN_OK;
    if (zeros.count != scales.count && zeros.count != 0)
        return kin_fb_fail(&table, KIN_E_FORMAT, "zero_point", "%zu entries for %zu scales", zeros.count, scales.count);
    KIN_TRY(check_axis(&table, shape, scales.count, axis));
    KIN_TRY(kin_arena_alloc(&reader->graph->arena, scales.count, sizeof *scale, &scale));
    KIN_TRY(kin_arena_alloc(&reader->graph->arena, scales.count, sizeof *zero, &zero));
    for (size_t i = 0; i < scales.count; i++) {
        scale[i] = kin_fb_item_f32(&scales, i);
        zero[i] = zeros.count ? kin_fb_item_i64(&zeros, i) : 0;
        if (!(scale[i] > 0) || !isfinite(scale[i]))
            return kin_fb_fail(&table, KIN_E_FORMAT, "scale", "entry %zu is %g, expected a number above 0", i,
                               (double)scale[i]);
        if (zero[i] < types[type].least || zero[i] > types[type].most)
            return kin_fb_fail(&table, KIN_E_FORMAT, "zero_point", "entry %zu is %lld, not a value of %s", i,
                               (long long)zero[i], kin_type_name(types[type].type));
    }
    *quant = (kin_quant){scales.count, scales.count == 1 ? 0 : axis, scale, zero};
    return KIN_OK;
}

/* --- constants --- */

static kin_status aligned_copy(kin_tflite *reader, const kin_fb_table *table, const uint8_t *bytes, size_t size,
                               void **out)
{
    KIN_TRY(kin_fb_spend(table, "buffer", size)); /* tensors that share a buffer cannot multiply it without end */
    KIN_TRY(kin_arena_alloc(&reader->graph->arena, size, 1, out));
    memcpy(*out, bytes, size);
    return KIN_OK;
}

static kin_status check_bools(const kin_fb_table *table, const uint8_t *bytes, size_t size)
{
    KIN_TRY(kin_fb_spend(table, "buffer", size));
    for (size_t i = 0; i < size; i++)
        if (bytes[i] > 1)
            return kin_fb_fail(table, KIN_E_FORMAT, "buffer", "byte %zu is %d, no bool", i, bytes[i]);
    return KIN_OK;
}

static kin_status read_constant(kin_tflite *reader, const kin_fb_table *table, kin_tensor *tensor)
{
    static const uint8_t nothing[16] = {0};
    const uint8_t       *bytes;
    size_t               size, want;
    uint32_t             index;
    KIN_TRY(kin_fb_u32(table, TFL_TENSOR_BUFFER, "buffer", 0, &index));
    KIN_TRY(kin_tflite_buffer(reader, table, "buffer", index, &bytes, &size));
    if (!bytes || index == 0) return KIN_OK;
    char text[KIN_SHAPE_TEXT];
    if (!kin_tensor_bytes(tensor, &want)) /* a dimension is unknown */
        return size ? kin_fb_fail(table, KIN_E_FORMAT, "buffer", "a constant of %zu bytes of unknown shape %s", size,
                                  kin_shape_text(&tensor->shape, text, sizeof text))
                    : KIN_OK;
    if (size == 0 && want > 0) return KIN_OK; /* an empty buffer marks a computed value */
    if (size != want)
        return kin_fb_fail(table, KIN_E_FORMAT, "buffer", "%zu bytes, but %s %s takes %zu", size,
                           kin_type_name(tensor->type), kin_shape_text(&tensor->shape, text, sizeof text), want);
    if (tensor->type == KIN_BOOL) KIN_TRY(check_bools(table, bytes, size));
    if (size == 0)
        tensor->data = (void *)nothing; /* data is never written (tensor.h) */
    else if ((uintptr_t)bytes % kin_type_size(tensor->type) == 0)
        tensor->data = (void *)bytes;
    else
        KIN_TRY(aligned_copy(reader, table, bytes, size, &tensor->data));
    return KIN_OK;
}

/* --- one tensor --- */

/* Features that change what the bytes mean. */
static kin_status refuse_unknown(const kin_fb_table *table)
{
    bool         variable;
    uint32_t     external;
    kin_fb_table sparsity;
    KIN_TRY(kin_fb_bool(table, TFL_TENSOR_IS_VARIABLE, "is_variable", false, &variable));
    if (variable) return kin_fb_fail(table, KIN_E_UNSUPPORTED, "is_variable", "variables are not supported");
    KIN_TRY(kin_fb_child(table, TFL_TENSOR_SPARSITY, "sparsity", &sparsity));
    if (sparsity.file) return kin_fb_fail(table, KIN_E_UNSUPPORTED, "sparsity", "sparse tensors are not supported");
    KIN_TRY(kin_fb_u32(table, TFL_TENSOR_EXTERNAL_BUFFER, "external_buffer", 0, &external));
    if (external)
        return kin_fb_fail(table, KIN_E_UNSUPPORTED, "external_buffer", "weights in other files are not supported");
    return KIN_OK;
}

static kin_status read_tensor(kin_tflite *reader, const kin_fb_table *table)
{
    kin_tensor  tensor = {0};
    kin_fb_text name;
    int8_t      code;
    char        room[KIN_TFLITE_NAME];
    int         id;
    KIN_TRY(kin_fb_i8(table, TFL_TENSOR_TYPE, "type", TFL_FLOAT32, &code));
    size_t type = type_row(code);
    if (type == TYPES)
        return kin_fb_fail(table, KIN_E_UNSUPPORTED, "type", "TensorFlow Lite's type %d is not supported", code);
    tensor.type = types[type].type;
    KIN_TRY(refuse_unknown(table));
    KIN_TRY(read_shape(table, &tensor.shape));
    KIN_TRY(read_quant(reader, table, type, &tensor.shape, &tensor.quant));
    KIN_TRY(read_constant(reader, table, &tensor));
    KIN_TRY(kin_fb_string(table, TFL_TENSOR_NAME, "name", &name));
    name = kin_tflite_name(name, room);
    return kin_graph_tensor(reader->graph, name.bytes, name.length, &tensor, &id);
}

kin_status kin_tflite_tensors(kin_tflite *reader, const kin_fb_table *subgraph)
{
    kin_fb_vector tensors;
    KIN_TRY(kin_fb_items(subgraph, TFL_SUBGRAPH_TENSORS, "tensors", KIN_FB_OFFSETS, &tensors));
    reader->tensors = tensors.count;
    for (size_t i = 0; i < tensors.count; i++) {
        kin_fb_table table;
        KIN_TRY(kin_fb_item_table(&tensors, i, "tensor", &table));
        KIN_TRY(read_tensor(reader, &table));
    }
    return KIN_OK;
}
