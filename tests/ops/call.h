/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of ops for the tests: a random instance (kin_op.draw) or one made by hand, with every tensor in a block of its
 * exact size, so that the address sanitizer sees each byte too far.
 */
#ifndef KIN_TESTS_OPS_CALL_H
#define KIN_TESTS_OPS_CALL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/op.h"

enum { CALL_IN = 16, CALL_OUT = 16 };

typedef struct {
    kin_context       ctx;
    const kin_op     *op;
    kin_draw          draw;
    size_t            in_count, out_count;
    kin_tensor        in[CALL_IN], out[CALL_OUT];
    const kin_tensor *in_at[CALL_IN];
    kin_tensor       *out_at[CALL_OUT];
    void             *block[CALL_IN + CALL_OUT]; /* to free */
    kin_call          call;
} op_call;

static inline size_t call_bytes(const kin_tensor *t)
{
    size_t bytes;
    if (!kin_tensor_bytes(t, &bytes)) {
        fprintf(stderr, "a tensor does not fit\n");
        exit(1);
    }
    return bytes;
}

/* An exact block with a copy of `from`, or filled with `pattern` when that is NULL. */
static inline void *call_block(size_t bytes, const void *from, int pattern)
{
    void *block = malloc(bytes ? bytes : 1);
    if (!block) exit(1);
    if (from)
        memcpy(block, from, bytes);
    else
        memset(block, pattern, bytes);
    return block;
}

/* Begins a call: default attributes, nothing drawn yet. */
static inline void call_begin(op_call *c, const kin_op *op, uint64_t seed)
{
    memset(c, 0, sizeof *c);
    kin_context_init(&c->ctx);
    c->op = op;
    c->draw.ctx = &c->ctx;
    c->draw.arena = kin_arena_make(&c->ctx);
    c->draw.random = kin_random_make(seed, 7);
    if (kin_arena_alloc(&c->draw.arena, 1, op->attrs_size + 1, &c->draw.attrs) != KIN_OK ||
        kin_attrs_default(&c->ctx, op, c->draw.attrs) != KIN_OK) {
        fprintf(stderr, "%s: default attributes: %s\n", op->name, c->ctx.error);
        exit(1);
    }
}

/* Makes c->call of what c->draw holds: constants with data, other inputs without, as inference sees them. */
static inline void call_make(op_call *c)
{
    c->in_count = c->draw.in_count, c->out_count = c->draw.out_count;
    for (size_t i = 0; i < c->in_count; i++) {
        if (!c->draw.in[i].name) continue; /* an optional input that is left out */
        c->in[i] = c->draw.in[i];
        c->in[i].name = "input";
        c->block[i] = call_block(call_bytes(&c->in[i]), c->draw.in[i].data, 0);
        c->in[i].data = c->draw.constant[i] ? c->block[i] : NULL;
        c->in_at[i] = &c->in[i];
    }
    for (size_t i = 0; i < c->out_count; i++) {
        c->out[i] = (kin_tensor){.name = "output"};
        c->out_at[i] = &c->out[i];
    }
    c->call = (kin_call){.ctx = &c->ctx,
                         .name = "tested",
                         .attrs = c->draw.attrs,
                         .in_count = c->in_count,
                         .out_count = c->out_count,
                         .in = c->in_at,
                         .out = c->out_at};
}

/* Runs forward into blocks filled with `pattern`; the caller frees c->out[i].data. */
static inline void call_run(op_call *c, int pattern)
{
    for (size_t i = 0; i < c->in_count; i++) c->in[i].data = c->block[i];
    for (size_t i = 0; i < c->out_count; i++) c->out[i].data = call_block(call_bytes(&c->out[i]), NULL, pattern);
    c->op->forward(&c->call);
}

static inline void call_end(op_call *c)
{
    for (size_t i = 0; i < c->in_count; i++) free(c->block[i]);
    kin_arena_free(&c->draw.arena);
}

#endif
