/* SPDX-License-Identifier: Apache-2.0
 *
 * A tiny FlatBuffers writer for tests, and a small model written with it, every part of whose bytes can be found again
 * and damaged. Writes from front to back: parents first, offsets patched when the child is there.
 */
#ifndef KIN_TESTS_FORMAT_MODEL_H
#define KIN_TESTS_FORMAT_MODEL_H

#include <stdint.h>
#include <string.h>

typedef struct {
    _Alignas(64) uint8_t data[1 << 16];
    size_t size;
} fb_bytes;

static inline void put(fb_bytes *b, size_t at, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) b->data[at + i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t get(const fb_bytes *b, size_t at, size_t size)
{
    uint64_t x = 0;
    for (size_t i = 0; i < size; i++) x |= (uint64_t)b->data[at + i] << (8 * i);
    return x;
}

static inline void align(fb_bytes *b, size_t to)
{
    while (b->size % to) b->data[b->size++] = 0;
}

/* A table whose field i has the size fields[i] - '0' ('0': not stored): vtable, then the table, all zero. */
static inline size_t table(fb_bytes *b, const char *fields)
{
    size_t n = strlen(fields), offset[32] = {0}, size = 4;
    for (size_t i = 0; i < n; i++) {
        size_t s = (size_t)(fields[i] - '0');
        if (!s) continue;
        size = (size + s - 1) / s * s;
        offset[i] = size;
        size += s;
    }
    align(b, 8);
    if ((b->size + 4 + 2 * n) % 8) b->size += 8 - (b->size + 4 + 2 * n) % 8; /* so that the table lies at 8 */
    size_t vtable = b->size, at = vtable + 4 + 2 * n;
    put(b, vtable, 2, 4 + 2 * n);
    put(b, vtable + 2, 2, size);
    for (size_t i = 0; i < n; i++) put(b, vtable + 4 + 2 * i, 2, offset[i]);
    put(b, at, 4, at - vtable);
    memset(b->data + at + 4, 0, size - 4);
    b->size = at + size;
    return at;
}

/* Where field i of the table at `at` stands. */
static inline size_t field(const fb_bytes *b, size_t at, int i)
{
    size_t vtable = at - (size_t)get(b, at, 4);
    return at + (size_t)get(b, vtable + 4 + 2 * (size_t)i, 2);
}

static inline void set(fb_bytes *b, size_t at, int i, size_t size, uint64_t value)
{
    put(b, field(b, at, i), size, value);
}

static inline void point(fb_bytes *b, size_t from, size_t to)
{
    put(b, from, 4, to - from);
}

/* A vector of `count` items; `items` NULL: zeros. Returns the place of the count. */
static inline size_t vector(fb_bytes *b, size_t item, size_t count, const void *items)
{
    align(b, 4);
    while ((b->size + 4) % item) b->data[b->size++] = 0;
    size_t at = b->size;
    put(b, at, 4, count);
    if (items)
        memcpy(b->data + at + 4, items, item * count);
    else
        memset(b->data + at + 4, 0, item * count);
    b->size = at + 4 + item * count;
    return at;
}

static inline size_t field_vector(fb_bytes *b, size_t at, int i, size_t item, size_t count, const void *items)
{
    size_t to = vector(b, item, count, items);
    point(b, field(b, at, i), to);
    return to;
}

static inline size_t field_string(fb_bytes *b, size_t at, int i, const char *text)
{
    size_t to = field_vector(b, at, i, 1, strlen(text), text);
    b->data[b->size++] = 0;
    return to;
}

static inline size_t field_table(fb_bytes *b, size_t at, int i, const char *fields)
{
    size_t to = table(b, fields);
    point(b, field(b, at, i), to);
    return to;
}

/* --- the model --- */

enum { CONV, RESHAPE, SOFTMAX, DEQUANTIZE, OPERATORS };
enum { T_INPUT, T_WEIGHTS, T_BIAS, T_CONV, T_SHAPE, T_FLAT, T_SOFT, T_INT8, T_FLOAT, TENSORS };
enum { B_NONE, B_WEIGHTS, B_BIAS, B_SHAPE, B_INT8, B_CARD, BUFFERS };

typedef struct {
    fb_bytes b;
    size_t model, subgraph, description, metadata, metadata_name;
    size_t codes, tensors, operators, buffers, inputs, outputs; /* vectors */
    size_t code[OPERATORS], tensor[TENSORS], operator[OPERATORS], buffer[BUFFERS];
    size_t shape[TENSORS], signature, quant, scale, zero; /* of T_INPUT, T_INT8 */
    size_t data[BUFFERS];
    size_t in[OPERATORS], out[OPERATORS], options[OPERATORS];
} model;

static const char test_card[] =
    "{\"card\": 1, \"name\": \"test\", \"kind\": \"classifier\", \"input\": {\"width\": 4, \"height\": 4, \"channels\": \"RGB\","
    " \"mean\": [0, 0, 0], \"scale\": [1, 1, 1], \"resize\": \"tensorflow\"}, \"output\": {\"decode\": \"softmax\"}}";

static inline void model_vectors(model *m, size_t parent, int field_number, size_t *vector_at, size_t count)
{
    *vector_at = field_vector(&m->b, parent, field_number, 4, count, NULL);
}

static inline void model_tensors(model *m)
{
    static const struct {
        const char *name;
        int         type, buffer, rank;
        int32_t     shape[4];
    } t[TENSORS] = {
        {"input", 0, 0, 4, {1, 4, 4, 2}}, {"weights", 0, B_WEIGHTS, 4, {3, 3, 3, 2}}, {"bias", 0, B_BIAS, 1, {3}},
        {"conv", 0, 0, 4, {1, 4, 4, 3}},  {"shape", 2, B_SHAPE, 1, {2}},              {"flat", 0, 0, 2, {1, 48}},
        {"soft", 0, 0, 2, {1, 48}},       {"int8", 9, B_INT8, 2, {3, 5}},             {"float", 0, 0, 2, {3, 5}},
    };
    for (int i = 0; i < TENSORS; i++) {
        /* shape type buffer name quantization is_variable sparsity shape_signature has_rank variants external */
        const char *fields = i == T_INT8 ? "41444100004" : i == T_INPUT ? "41440104004" : "41440100004";
        m->tensor[i] = table(&m->b, fields);
        point(&m->b, m->tensors + 4 + 4 * (size_t)i, m->tensor[i]);
        m->shape[i] = field_vector(&m->b, m->tensor[i], 0, 4, (size_t)t[i].rank, t[i].shape);
        set(&m->b, m->tensor[i], 1, 1, (uint64_t)t[i].type);
        set(&m->b, m->tensor[i], 2, 4, (uint64_t)t[i].buffer);
        field_string(&m->b, m->tensor[i], 3, t[i].name);
    }
    static const int32_t signature[4] = {-1, 4, 4, 2};
    m->signature = field_vector(&m->b, m->tensor[T_INPUT], 7, 4, 4, signature);
    static const float   scale[3] = {0.5f, 0.25f, 2};
    static const int64_t zero[3] = {0, 1, -1};
    m->quant = field_table(&m->b, m->tensor[T_INT8], 4, "0044104"); /* min max scale zero details_type - dimension */
    m->scale = field_vector(&m->b, m->quant, 2, 4, 3, scale);
    m->zero = field_vector(&m->b, m->quant, 3, 8, 3, zero);
}

static inline void model_operators(model *m)
{
    static const struct {
        int         code, options_type, inputs;
        int32_t     in[3], out;
        const char *options;
    } o[OPERATORS] = {
        {3, 1, 3, {T_INPUT, T_WEIGHTS, T_BIAS}, T_CONV, "1441440"},
        {22, 17, 2, {T_CONV, T_SHAPE}, T_FLAT, "0"},
        {25, 9, 1, {T_FLAT}, T_SOFT, "4"},
        {6, 0, 1, {T_INT8}, T_FLOAT, NULL},
    };
    for (int i = 0; i < OPERATORS; i++) {
        m->code[i] = table(&m->b, "1444");
        point(&m->b, m->codes + 4 + 4 * (size_t)i, m->code[i]);
        set(&m->b, m->code[i], 0, 1, (uint64_t)o[i].code);
        set(&m->b, m->code[i], 3, 4, (uint64_t)(i == SOFTMAX ? 0 : o[i].code)); /* one as old files have it */
        field_string(&m->b, m->code[i], 1, "custom");
        m->operator[i] = table(&m->b, o[i].options ? "44414" : "4441");
        point(&m->b, m->operators + 4 + 4 * (size_t)i, m->operator[i]);
        set(&m->b, m->operator[i], 0, 4, (uint64_t)i);
        m->in[i] = field_vector(&m->b, m->operator[i], 1, 4, (size_t)o[i].inputs, o[i].in);
        m->out[i] = field_vector(&m->b, m->operator[i], 2, 4, 1, &o[i].out);
        set(&m->b, m->operator[i], 3, 1, (uint64_t)o[i].options_type);
        if (o[i].options) m->options[i] = field_table(&m->b, m->operator[i], 4, o[i].options);
    }
    size_t conv = m->options[CONV]; /* padding SAME 0, stride_w, stride_h, fused RELU6, dilation_w, dilation_h */
    set(&m->b, conv, 1, 4, 1), set(&m->b, conv, 2, 4, 1), set(&m->b, conv, 3, 1, 3);
    set(&m->b, conv, 4, 4, 1), set(&m->b, conv, 5, 4, 1);
    set(&m->b, m->options[SOFTMAX], 0, 4, 0x3F800000);
}

static inline void model_buffers(model *m)
{
    float         weights[54], bias[3] = {0.5f, -0.5f, 0};
    const int32_t shape[2] = {-1, 48};
    const int8_t  q[15] = {-128, -1, 0, 1, 127, 3, 4, 5, 6, 7, 9, 9, 9, 9, 9};
    for (int i = 0; i < 54; i++) weights[i] = (float)(i % 7 - 3) / 8;
    const struct {
        const void *bytes;
        size_t      size;
    } content[BUFFERS] = {[B_WEIGHTS] = {weights, sizeof weights}, [B_BIAS] = {bias, sizeof bias},
                          [B_SHAPE] = {shape, sizeof shape},       [B_INT8] = {q, sizeof q},
                          [B_CARD] = {test_card, sizeof test_card - 1}};
    for (int i = 0; i < BUFFERS; i++) {
        m->buffer[i] = table(&m->b, i == B_NONE ? "" : "488");
        point(&m->b, m->buffers + 4 + 4 * (size_t)i, m->buffer[i]);
        if (!content[i].bytes) continue;
        align(&m->b, 16);
        m->b.size += 12; /* so that the data lie at 16 */
        m->data[i] = field_vector(&m->b, m->buffer[i], 0, 1, content[i].size, content[i].bytes);
    }
}

static inline void model_build(model *m)
{
    memset(m, 0, sizeof *m);
    fb_bytes *b = &m->b;
    b->size = 8;
    memcpy(b->data + 4, "TFL3", 4);
    m->model = table(b, "4444404"); /* version codes subgraphs description buffers metadata_buffer metadata */
    point(b, 0, m->model);
    set(b, m->model, 0, 4, 3);
    model_vectors(m, m->model, 1, &m->codes, OPERATORS);
    size_t subgraphs;
    model_vectors(m, m->model, 2, &subgraphs, 1);
    m->description = field_string(b, m->model, 3, "made by a test");
    model_vectors(m, m->model, 4, &m->buffers, BUFFERS);
    size_t metadata;
    model_vectors(m, m->model, 6, &metadata, 1);
    m->subgraph = table(b, "4444");
    point(b, subgraphs + 4, m->subgraph);
    model_vectors(m, m->subgraph, 0, &m->tensors, TENSORS);
    static const int32_t in[1] = {T_INPUT}, out[2] = {T_SOFT, T_FLOAT};
    m->inputs = field_vector(b, m->subgraph, 1, 4, 1, in);
    m->outputs = field_vector(b, m->subgraph, 2, 4, 2, out);
    model_vectors(m, m->subgraph, 3, &m->operators, OPERATORS);
    model_tensors(m);
    model_operators(m);
    model_buffers(m);
    m->metadata = table(b, "44");
    point(b, metadata + 4, m->metadata);
    m->metadata_name = field_string(b, m->metadata, 0, "KIN_CARD");
    set(b, m->metadata, 1, 4, B_CARD);
    align(b, 16);
}

#endif
