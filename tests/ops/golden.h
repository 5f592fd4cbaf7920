/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads tests/golden/ops/NAME.golden (see the README there): one case after the other into a call.
 */
#ifndef KIN_TESTS_OPS_GOLDEN_H
#define KIN_TESTS_OPS_GOLDEN_H

#include "ops/call.h"

typedef struct {
    unsigned char *bytes, *at;
    size_t         size, left_cases;
} golden_file;

typedef struct {
    op_call     call;
    kin_tensor  wanted[CALL_OUT];
    char        attributes[256];
    const void *model; /* the .tflite, in place; NULL: none */
    size_t      model_size;
} golden_case;

static inline uint64_t golden_number(golden_file *f, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v |= (uint64_t)*f->at++ << 8 * i;
    return v;
}

/* False when there is no such file. */
static inline bool golden_open(golden_file *f, const char *op)
{
    char        path[1000];
    const char *source = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/ops/%s.golden", source ? source : ".", op);
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    fseek(file, 0, SEEK_END);
    f->size = (size_t)ftell(file);
    rewind(file);
    f->bytes = malloc(f->size + 1);
    if (!f->bytes || fread(f->bytes, 1, f->size, file) != f->size || f->size < 12 || memcmp(f->bytes, "KINGOLD1", 8)) {
        fprintf(stderr, "%s is no golden file\n", path);
        exit(1);
    }
    fclose(file);
    f->at = f->bytes + 8;
    f->left_cases = golden_number(f, 4);
    return true;
}

/* The tensor's data is a copy in the case's arena. */
static inline void golden_tensor(golden_file *f, kin_arena *arena, kin_tensor *t, bool *constant)
{
    float   *scale;
    int64_t *zero_point;
    memset(t, 0, sizeof *t);
    if (!golden_number(f, 1)) return;
    t->name = "golden";
    t->type = (kin_type)golden_number(f, 1);
    t->shape.rank = (int)golden_number(f, 1);
    *constant = golden_number(f, 1);
    t->quant.count = golden_number(f, 2);
    t->quant.axis = (int)golden_number(f, 2);
    for (int d = 0; d < t->shape.rank; d++) t->shape.dim[d] = (int32_t)golden_number(f, 4);
    size_t bytes = call_bytes(t);
    if (kin_arena_alloc(arena, t->quant.count, sizeof *scale, &scale) != KIN_OK ||
        kin_arena_alloc(arena, t->quant.count, sizeof *zero_point, &zero_point) != KIN_OK ||
        kin_arena_alloc(arena, bytes + 1, 1, &t->data) != KIN_OK)
        exit(1);
    memcpy(scale, f->at, t->quant.count * sizeof *scale);
    f->at += t->quant.count * sizeof *scale;
    memcpy(zero_point, f->at, t->quant.count * sizeof *zero_point);
    f->at += t->quant.count * sizeof *zero_point;
    t->quant.scale = scale;
    t->quant.zero_point = zero_point;
    memcpy(t->data, f->at, bytes);
    f->at += bytes;
}

/* The next case, ready for inference; false when there is none. End it with call_end(&c->call). */
static inline bool golden_next(golden_file *f, const kin_op *op, golden_case *c)
{
    bool constant = false;
    if (!f->left_cases--) return false;
    call_begin(&c->call, op, 1);
    size_t length = golden_number(f, 2);
    snprintf(c->attributes, sizeof c->attributes, "%.*s", (int)length, (const char *)f->at);
    f->at += length;
    kin_draw *draw = &c->call.draw;
    draw->in_count = golden_number(f, 2);
    draw->out_count = golden_number(f, 2);
    for (size_t i = 0; i < draw->in_count; i++) {
        golden_tensor(f, &draw->arena, &draw->in[i], &constant);
        draw->constant[i] = constant;
    }
    for (size_t i = 0; i < draw->out_count; i++) golden_tensor(f, &draw->arena, &c->wanted[i], &constant);
    c->model_size = golden_number(f, 4);
    c->model = c->model_size ? f->at : NULL;
    f->at += c->model_size;
    if (f->at > f->bytes + f->size) {
        fprintf(stderr, "%s.golden is cut off\n", op->name);
        exit(1);
    }
    call_make(&c->call);
    return true;
}

#endif
