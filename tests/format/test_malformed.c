/* SPDX-License-Identifier: Apache-2.0
 *
 * A small good model is read, planned and run; then one part of it after the other is damaged, as hostile files do it:
 * the status and the field's name in the message must be right.
 */
#include <math.h>

#include "base/memory.h"
#include "kin/model.h"
#include "nn/graph.h"
#include "support/cmocka.h"
#include "support/oom.h"
#include "format/model.h"

static kin_context ctx;
static model       m;

#define FIELD(name) static void name(model *f)
#define PUT(at, size, value) put(&f->b, at, size, (uint64_t)(value))
#define SET(table_at, number, size, value) set(&f->b, table_at, number, size, (uint64_t)(value))

/* --- structure --- */
FIELD(only_identifier) { f->b.size = 8; }
FIELD(seven_bytes) { f->b.size = 7; }
FIELD(no_bytes) { f->b.size = 0; }
FIELD(wrong_identifier) { f->b.data[7] = '2'; }
FIELD(root_behind_end) { PUT(0, 4, 0xFFFFFFF0); }
FIELD(root_odd) { PUT(0, 4, f->model + 2); }
FIELD(root_vtable_before_start) { PUT(f->model, 4, 0x7FFFFFFF); }
FIELD(root_vtable_behind_end) { PUT(f->model, 4, -0x7FFFFFF0); }
FIELD(vtable_odd) { PUT(f->model, 4, get(&f->b, f->model, 4) - 1); }
FIELD(vtable_too_small) { PUT(f->model - get(&f->b, f->model, 4), 2, 2); }
FIELD(vtable_too_large) { PUT(f->model - get(&f->b, f->model, 4), 2, 0xFFFE); }
FIELD(table_too_large) { PUT(f->model - get(&f->b, f->model, 4) + 2, 2, 0xFFFF); }
FIELD(field_outside_table) { PUT(f->tensor[0] - get(&f->b, f->tensor[0], 4) + 4 + 2 * 2, 2, 0x7000); }
FIELD(field_misaligned) { PUT(f->tensor[0] - get(&f->b, f->tensor[0], 4) + 4 + 2 * 2, 2, 5); }
FIELD(vector_misaligned) { size_t at = field(&f->b, f->tensor[0], 0); PUT(at, 4, get(&f->b, at, 4) + 2); }
FIELD(zero_points_misaligned) { size_t at = field(&f->b, f->quant, 3); PUT(at, 4, get(&f->b, at, 4) + 4); }
FIELD(vector_endless) { PUT(f->shape[T_INPUT], 4, 0xFFFFFFFF); }
FIELD(tensors_endless) { PUT(f->tensors, 4, 0xFFFFFFFF); }
FIELD(operators_endless) { PUT(f->operators, 4, 0x3FFFFFFF); }
FIELD(buffers_endless) { PUT(f->buffers, 4, 0xFFFFFFFF); }
FIELD(vector_offset_zero) { PUT(field(&f->b, f->tensor[0], 0), 4, 0); }
FIELD(vector_offset_wraps) { PUT(field(&f->b, f->tensor[0], 0), 4, 0xFFFFFFFC); }
FIELD(string_without_nul) { f->b.data[f->description + 4 + 14] = 'x'; }
FIELD(string_endless) { PUT(f->metadata_name, 4, 0xFFFFFFFF); }
FIELD(operator_offset_behind_end) { PUT(f->operators + 4 + 4, 4, 0x7FFFFFFF); }
FIELD(tensor_refers_to_itself) { PUT(f->tensors + 4, 4, 0); }
FIELD(options_are_the_model) { /* a backward offset does not exist: it wraps and lies outside */
    size_t at = field(&f->b, f->operator[CONV], 4);
    PUT(at, 4, f->model - at);
}
FIELD(cut_in_the_middle) { f->b.size = f->operator[CONV] + 2; }

/* --- model --- */
FIELD(version_2) { SET(f->model, 0, 4, 2); }
FIELD(no_subgraphs) { PUT(get(&f->b, field(&f->b, f->model, 2), 4) + field(&f->b, f->model, 2), 4, 0); }
FIELD(metadata_outside) { SET(f->metadata, 1, 4, 77); }

/* --- tensors --- */
FIELD(type_string) { SET(f->tensor[T_CONV], 1, 1, 5); }
FIELD(type_unknown) { SET(f->tensor[T_CONV], 1, 1, -7); }
FIELD(buffer_out_of_range) { SET(f->tensor[T_WEIGHTS], 2, 4, 99); }
FIELD(buffer_too_short) { PUT(f->data[B_WEIGHTS], 4, 200); }
FIELD(negative_dimension) { PUT(f->shape[T_INPUT] + 8, 4, -4); }
FIELD(huge_dimensions) {
    for (size_t i = 0; i < 4; i++) PUT(f->shape[T_CONV] + 4 + 4 * i, 4, 0x7FFFFFFF);
}
FIELD(wrapping_product) { /* 2^32 elements by 2^31 by 2 */
    const int32_t dims[4] = {1 << 30, 4, 1 << 30, 4};
    for (size_t i = 0; i < 4; i++) PUT(f->shape[T_WEIGHTS] + 4 + 4 * i, 4, dims[i]);
}
FIELD(rank_nine) { PUT(f->shape[T_CONV], 4, 9); }
FIELD(signature_of_other_rank) { PUT(f->signature, 4, 3); }
FIELD(signature_minus_two) { PUT(f->signature + 4, 4, -2); }
FIELD(signature_disagrees) { PUT(f->signature + 8, 4, 5); }
FIELD(external) { SET(f->tensor[T_CONV], 10, 4, 1); }
FIELD(scales_of_wrong_length) { PUT(f->scale, 4, 2); PUT(f->zero, 4, 2); }
FIELD(zero_points_of_wrong_length) { PUT(f->zero, 4, 2); }
FIELD(quantised_axis_far) { SET(f->quant, 6, 4, 0x7FFFFFFF); }
FIELD(quantised_axis_negative) { SET(f->quant, 6, 4, -1); }
FIELD(scale_zero) { PUT(f->scale + 8, 4, 0); }
FIELD(scale_nan) { PUT(f->scale + 8, 4, 0x7FC00000); }
FIELD(zero_point_too_large) { PUT(f->zero + 4 + 8, 8, 1000); }
FIELD(custom_quantisation) { SET(f->quant, 4, 1, 1); }
FIELD(bool_of_seven) { SET(f->tensor[T_INT8], 1, 1, 6); }

/* --- buffers behind the flatbuffer --- */
static void outside(model *f, uint64_t offset, uint64_t size)
{
    SET(f->buffer[B_WEIGHTS], 1, 8, offset);
    SET(f->buffer[B_WEIGHTS], 2, 8, size);
}
FIELD(offset_behind_end) { outside(f, f->b.size + 16, 216); }
FIELD(size_behind_end) { outside(f, f->b.size - 16, 216); }
FIELD(offset_and_size_wrap) { outside(f, UINT64_MAX - 8, 216); }
FIELD(size_wraps) { outside(f, 64, UINT64_MAX); }

/* --- operators --- */
FIELD(code_out_of_range) { SET(f->operator[CONV], 0, 4, 1000); }
FIELD(code_unknown) { SET(f->code[CONV], 3, 4, 100000); }
FIELD(code_not_ours) { SET(f->code[CONV], 3, 4, 67); }
FIELD(code_custom) { SET(f->code[CONV], 0, 1, 32); SET(f->code[CONV], 3, 4, 32); }
FIELD(options_of_other_type) { SET(f->operator[CONV], 3, 1, 17); }
FIELD(input_out_of_range) { PUT(f->in[CONV] + 4, 4, 99); }
FIELD(input_minus_two) { PUT(f->in[CONV] + 4, 4, -2); }
FIELD(input_left_out) { PUT(f->in[CONV] + 4, 4, -1); }
FIELD(output_out_of_range) { PUT(f->out[CONV] + 4, 4, TENSORS); }
FIELD(output_negative) { PUT(f->out[CONV] + 4, 4, -1); }
FIELD(too_few_inputs) { PUT(f->in[CONV], 4, 1); }
FIELD(no_outputs) { PUT(f->out[CONV], 4, 0); }
FIELD(used_before_made) { PUT(f->in[CONV] + 4, 4, T_SOFT); }
FIELD(made_twice) { PUT(f->out[DEQUANTIZE] + 4, 4, T_SOFT); }
FIELD(never_made) { PUT(f->out[SOFTMAX] + 4, 4, T_SHAPE); }
FIELD(constant_is_input) { PUT(f->inputs + 4, 4, T_WEIGHTS); }
FIELD(graph_input_out_of_range) { PUT(f->inputs + 4, 4, -1); }
FIELD(graph_output_out_of_range) { PUT(f->outputs + 4, 4, 1 << 30); }
FIELD(graph_without_outputs) { PUT(f->outputs, 4, 0); }
FIELD(padding_unknown) { SET(f->options[CONV], 0, 1, 9); }
FIELD(activation_unknown) { SET(f->options[CONV], 3, 1, 77); }
FIELD(activation_sign_bit) { SET(f->options[CONV], 3, 1, 5); }

/* --- what ops refuse when a plan is made --- */
FIELD(stride_zero) { SET(f->options[CONV], 1, 4, 0); }
FIELD(stride_negative) { SET(f->options[CONV], 2, 4, 0x80000000); }
FIELD(dilation_zero) { SET(f->options[CONV], 4, 4, 0); }
FIELD(dilation_huge) { SET(f->options[CONV], 4, 4, 0x7FFFFFFF); SET(f->options[CONV], 0, 1, 1); }
FIELD(weights_of_three_channels) { PUT(f->shape[T_WEIGHTS] + 4, 4, 2); PUT(f->shape[T_WEIGHTS] + 16, 4, 3); }
FIELD(reshape_to_more) { PUT(f->data[B_SHAPE] + 8, 4, 480); }
FIELD(reshape_two_unknown) { PUT(f->data[B_SHAPE] + 8, 4, -1); }
FIELD(reshape_negative) { PUT(f->data[B_SHAPE] + 4, 4, -5); }
FIELD(bias_of_wrong_size) { PUT(f->shape[T_BIAS] + 4, 4, 2); PUT(f->data[B_BIAS], 4, 8); }

static const struct {
    const char *name;
    void (*damage)(model *);
    kin_status  status;
    const char *says; /* in the message */
} cases[] = {
    {"only identifier", only_identifier, KIN_E_FORMAT, "root table"},
    {"seven bytes", seven_bytes, KIN_E_FORMAT, "identifier"},
    {"no bytes", no_bytes, KIN_E_FORMAT, "identifier"},
    {"wrong identifier", wrong_identifier, KIN_E_FORMAT, "identifier"},
    {"root behind end", root_behind_end, KIN_E_FORMAT, "root table"},
    {"root odd", root_odd, KIN_E_FORMAT, "multiple of 4"},
    {"vtable before start", root_vtable_before_start, KIN_E_FORMAT, "vtable"},
    {"vtable behind end", root_vtable_behind_end, KIN_E_FORMAT, "vtable"},
    {"vtable odd", vtable_odd, KIN_E_FORMAT, "vtable"},
    {"vtable too small", vtable_too_small, KIN_E_FORMAT, "vtable"},
    {"vtable too large", vtable_too_large, KIN_E_FORMAT, "vtable"},
    {"table too large", table_too_large, KIN_E_FORMAT, "table of 65535 bytes"},
    {"field outside table", field_outside_table, KIN_E_FORMAT, "tensor 0, buffer:"},
    {"field misaligned", field_misaligned, KIN_E_FORMAT, "tensor 0, buffer:"},
    {"vector misaligned", vector_misaligned, KIN_E_FORMAT, "tensor 0, shape: misaligned"},
    {"zero points misaligned", zero_points_misaligned, KIN_E_FORMAT, "zero_point: misaligned"},
    {"vector endless", vector_endless, KIN_E_FORMAT, "tensor 0, shape: 4294967295 items"},
    {"tensors endless", tensors_endless, KIN_E_FORMAT, "subgraph 0, tensors: 4294967295 items"},
    {"operators endless", operators_endless, KIN_E_FORMAT, "subgraph 0, operators: 1073741823 items"},
    {"buffers endless", buffers_endless, KIN_E_FORMAT, "buffers: 4294967295 items"},
    {"vector offset 0", vector_offset_zero, KIN_E_FORMAT, "tensor 0, shape: offset 0"},
    {"vector offset wraps", vector_offset_wraps, KIN_E_FORMAT, "tensor 0, shape: offset 4294967292"},
    {"string without NUL", string_without_nul, KIN_E_FORMAT, "description: a string of 14 bytes without a NUL"},
    {"string endless", string_endless, KIN_E_FORMAT, "metadata 0, name: 4294967295 items"},
    {"operator behind end", operator_offset_behind_end, KIN_E_FORMAT, "subgraph 0, operator 1: offset"},
    {"tensor refers to itself", tensor_refers_to_itself, KIN_E_FORMAT, "subgraph 0, tensor 0: offset 0"},
    {"options are the model", options_are_the_model, KIN_E_FORMAT, "operator 0, builtin_options: offset"},
    {"cut in the middle", cut_in_the_middle, KIN_E_FORMAT, "file"},
    {"version 2", version_2, KIN_E_UNSUPPORTED, "version: 2, expected 3"},
    {"no subgraphs", no_subgraphs, KIN_E_FORMAT, "subgraphs: none"},
    {"metadata outside", metadata_outside, KIN_E_FORMAT, "metadata 0, buffer: index 77 of 6 buffers"},
    {"type string", type_string, KIN_E_UNSUPPORTED, "tensor 3, type"},
    {"type unknown", type_unknown, KIN_E_UNSUPPORTED, "tensor 3, type"},
    {"buffer out of range", buffer_out_of_range, KIN_E_FORMAT, "tensor 1, buffer: index 99 of 6 buffers"},
    {"buffer too short", buffer_too_short, KIN_E_FORMAT, "tensor 1, buffer: 200 bytes, but float32 [3, 3, 3, 2] takes 216"},
    {"negative dimension", negative_dimension, KIN_E_FORMAT, "tensor 0, shape: dimension 1 is -4"},
    {"huge dimensions", huge_dimensions, KIN_E_FORMAT, "tensor 3, shape: more elements"},
    {"wrapping product", wrapping_product, KIN_E_FORMAT, "tensor 1, shape: more elements"},
    {"rank nine", rank_nine, KIN_E_UNSUPPORTED, "tensor 3, shape: rank 9"},
    {"signature of other rank", signature_of_other_rank, KIN_E_FORMAT, "tensor 0, shape_signature: rank 3"},
    {"signature -2", signature_minus_two, KIN_E_FORMAT, "tensor 0, shape_signature: dimension 0 is -2"},
    {"signature disagrees", signature_disagrees, KIN_E_FORMAT, "shape_signature: dimension 1 is 5, but the shape says 4"},
    {"external", external, KIN_E_UNSUPPORTED, "tensor 3, external_buffer"},
    {"scales of wrong length", scales_of_wrong_length, KIN_E_FORMAT, "tensor 7, quantization, scale: 2 scales for 3"},
    {"zero points of wrong length", zero_points_of_wrong_length, KIN_E_FORMAT, "zero_point: 2 entries for 3 scales"},
    {"quantised axis far", quantised_axis_far, KIN_E_FORMAT, "quantized_dimension: 2147483647"},
    {"quantised axis negative", quantised_axis_negative, KIN_E_FORMAT, "quantized_dimension: -1"},
    {"scale zero", scale_zero, KIN_E_FORMAT, "quantization, scale: entry 1 is 0"},
    {"scale NaN", scale_nan, KIN_E_FORMAT, "quantization, scale: entry 1"},
    {"zero point too large", zero_point_too_large, KIN_E_FORMAT, "zero_point: entry 1 is 1000"},
    {"custom quantisation", custom_quantisation, KIN_E_UNSUPPORTED, "details_type"},
    {"bool of seven", bool_of_seven, KIN_E_FORMAT, "tensor 7, buffer: byte 0 is 128, no bool"},
    {"offset behind end", offset_behind_end, KIN_E_FORMAT, "buffer 1, offset: 216 bytes at"},
    {"size behind end", size_behind_end, KIN_E_FORMAT, "buffer 1, offset: 216 bytes at"},
    {"offset and size wrap", offset_and_size_wrap, KIN_E_FORMAT, "buffer 1, offset: 216 bytes at 18446744073709551607"},
    {"size wraps", size_wraps, KIN_E_FORMAT, "buffer 1, offset: 18446744073709551615 bytes at 64"},
    {"code out of range", code_out_of_range, KIN_E_FORMAT, "operator 0, opcode_index: index 1000 of 4"},
    {"code unknown", code_unknown, KIN_E_FORMAT, "operator 0: operator code 100000"},
    {"code not ours", code_not_ours, KIN_E_UNSUPPORTED, "operator 0: operator TRANSPOSE_CONV is not supported"},
    {"code custom", code_custom, KIN_E_UNSUPPORTED, "operator 0: custom operator \"custom\""},
    {"options of other type", options_of_other_type, KIN_E_FORMAT, "operator 0, builtin_options_type: 17, expected 1"},
    {"input out of range", input_out_of_range, KIN_E_FORMAT, "subgraph 0, operator 0, inputs: index 99 of 9 tensors"},
    {"input -2", input_minus_two, KIN_E_FORMAT, "operator 0, inputs: index -2"},
    {"input left out", input_left_out, KIN_E_FORMAT, "operator 0, inputs: entry 0 is left out"},
    {"output out of range", output_out_of_range, KIN_E_FORMAT, "operator 0, outputs: index 9 of 9 tensors"},
    {"output negative", output_negative, KIN_E_FORMAT, "operator 0, outputs: index -1"},
    {"too few inputs", too_few_inputs, KIN_E_FORMAT, "operator 0, inputs: 1 tensors, but conv2d takes"},
    {"no outputs", no_outputs, KIN_E_FORMAT, "operator 0, outputs: 0 tensors"},
    {"used before made", used_before_made, KIN_E_FORMAT, "depends on itself"},
    {"made twice", made_twice, KIN_E_FORMAT, "'soft' is made twice"},
    {"never made", never_made, KIN_E_FORMAT, "'shape' is made twice"},
    {"constant is input", constant_is_input, KIN_E_FORMAT, "'weights' is an input and a constant"},
    {"graph input out of range", graph_input_out_of_range, KIN_E_FORMAT, "subgraph 0, inputs: index -1"},
    {"graph output out of range", graph_output_out_of_range, KIN_E_FORMAT, "subgraph 0, outputs: index 1073741824"},
    {"graph without outputs", graph_without_outputs, KIN_E_FORMAT, "no outputs"},
    {"padding unknown", padding_unknown, KIN_E_FORMAT, "builtin_options, padding: 9, expected 0 to 1"},
    {"activation unknown", activation_unknown, KIN_E_FORMAT, "fused_activation_function: 77"},
    {"activation sign bit", activation_sign_bit, KIN_E_UNSUPPORTED, "fused_activation_function"},
    {"stride zero", stride_zero, KIN_E_FORMAT, "stride"},
    {"stride negative", stride_negative, KIN_E_FORMAT, "stride"},
    {"dilation zero", dilation_zero, KIN_E_FORMAT, "dilation"},
    {"dilation huge", dilation_huge, KIN_E_FORMAT, "conv"},
    {"weights of three channels", weights_of_three_channels, KIN_E_FORMAT, "conv"},
    {"reshape to more", reshape_to_more, KIN_E_FORMAT, "flat"},
    {"reshape with two unknowns", reshape_two_unknown, KIN_E_FORMAT, "flat"},
    {"reshape negative", reshape_negative, KIN_E_FORMAT, "flat"},
    {"bias of wrong size", bias_of_wrong_size, KIN_E_FORMAT, "conv"},
};

/* Reads and plans from a heap block of just the right size, so that sanitizers see every byte too far. */
static kin_status read_and_plan(const model *f, kin_graph **graph, kin_plan **plan)
{
    *graph = NULL;
    *plan = NULL;
    kin_status status = kin_graph_read_memory(&ctx, f->b.data, f->b.size, graph);
    return status == KIN_OK ? kin_plan_new(*graph, NULL, plan) : status;
}

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    model_build(&m);
    return 0;
}

static void test_good_model(void **state)
{
    (void)state;
    kin_graph *graph;
    kin_plan  *plan;
    if (read_and_plan(&m, &graph, &plan) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    assert_string_equal(graph->description, "made by a test");
    assert_int_equal(kin_graph_input_shape(graph, 0).dim[0], -1);
    const kin_metadata *card = kin_graph_metadata_find(graph, "KIN_CARD");
    assert_int_equal(card->size, sizeof test_card - 1);
    float *x = kin_plan_input(plan, 0);
    for (int i = 0; i < 32; i++) x[i] = (float)(i % 5);
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    const float *soft = kin_plan_output(plan, 0), *real = kin_plan_output(plan, 1);
    double       sum = 0;
    for (int i = 0; i < 48; i++) sum += (double)soft[i];
    assert_true(fabs(sum - 1) < 1e-5);
    /* per axis: 0.5 (q - 0), 0.25 (q - 1), 2 (q + 1) */
    assert_true(real[0] == -64 && real[4] == 63.5f && real[5] == 0.5f && real[14] == 20);
    kin_plan_free(plan);
    kin_graph_free(graph);
    assert_int_equal(ctx.memory, 0);
}

static void test_constant_behind_the_flatbuffer(void **state)
{
    (void)state;
    kin_graph *graph;
    kin_plan  *plan;
    size_t     at = m.b.size;
    memcpy(m.b.data + at, m.b.data + m.data[B_WEIGHTS] + 4, 216);
    m.b.size += 216;
    set(&m.b, m.buffer[B_WEIGHTS], 1, 8, at);
    set(&m.b, m.buffer[B_WEIGHTS], 2, 8, 216);
    put(&m.b, m.data[B_WEIGHTS], 4, 0);
    if (read_and_plan(&m, &graph, &plan) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    assert_ptr_equal(graph->tensor[T_WEIGHTS].data, m.b.data + at);
    kin_plan_free(plan);
    kin_graph_free(graph);
}

static void test_each_damage_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kin_graph *graph;
        kin_plan  *plan;
        model_build(&m);
        cases[i].damage(&m);
        kin_status status = read_and_plan(&m, &graph, &plan);
        if (status != cases[i].status || !strstr(kin_error(&ctx), cases[i].says))
            fail_msg("%s: %s, \"%s\"; expected %s, \"%s\"", cases[i].name, kin_status_name(status), kin_error(&ctx),
                     kin_status_name(cases[i].status), cases[i].says);
        kin_plan_free(plan);
        kin_graph_free(graph);
        assert_int_equal(ctx.memory, 0);
    }
}

/* Three hundred operators that are one and the same: refused by what they add up to, in no time and little memory. */
static void test_shared_parts_are_counted(void **state)
{
    (void)state;
    static model big;
    model_build(&big);
    int32_t in[4000] = {0};
    size_t  count = 300, list = vector(&big.b, 4, count, NULL), shared = table(&big.b, "4441");
    point(&big.b, field(&big.b, big.subgraph, 3), list);
    for (size_t i = 0; i < count; i++) point(&big.b, list + 4 + 4 * i, shared);
    set(&big.b, big.code[0], 0, 1, 2), set(&big.b, big.code[0], 3, 4, 2); /* CONCATENATION takes any number */
    static const int32_t out[1] = {T_CONV};
    field_vector(&big.b, shared, 1, 4, 4000, in);
    field_vector(&big.b, shared, 2, 4, 1, out);
    kin_graph *graph;
    assert_int_equal(kin_graph_read_memory(&ctx, big.b.data, big.b.size, &graph), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(&ctx), "refer to each other so often"));
    assert_null(graph);
}

static void test_memory_limit_comes_first(void **state)
{
    (void)state;
    kin_graph *graph;
    assert_int_equal(kin_graph_new(&ctx, &graph), KIN_OK);
    ctx.max_memory = ctx.memory + 500; /* the graph itself, not its tensors */
    kin_graph_free(graph);
    assert_int_equal(kin_graph_read_memory(&ctx, m.b.data, m.b.size, &graph), KIN_E_LIMIT);
    assert_non_null(strstr(kin_error(&ctx), "9 tensors and 4 operators"));
    assert_null(graph);
    assert_int_equal(ctx.memory, 0);
}

/* --- out of memory: every allocation fails once --- */

static kin_status read_and_free(kin_context *reader)
{
    kin_graph *graph;
    kin_status status = kin_graph_read_memory(reader, m.b.data, m.b.size, &graph);
    assert_true((graph != NULL) == (status == KIN_OK));
    kin_graph_free(graph);
    return status;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    oom_walk(&ctx, read_and_free, 5, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good_model, setup),
        cmocka_unit_test_setup(test_constant_behind_the_flatbuffer, setup),
        cmocka_unit_test_setup(test_each_damage_is_named, setup),
        cmocka_unit_test_setup(test_shared_parts_are_counted, setup),
        cmocka_unit_test_setup(test_memory_limit_comes_first, setup),
        cmocka_unit_test_setup(test_every_allocation_may_fail, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
