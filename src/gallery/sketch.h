/* SPDX-License-Identifier: Apache-2.0
 *
 * A rough copy of vectors, a byte a number, that says how similar a vector can be at most: a search reads a quarter of the
 * memory and looks at the vectors themselves only where that leaves it open.
 *
 * Row: x = step * code + rest. Query: q = scale * code + rest'. Then q x = scale step (code code) + scale code rest + rest' x,
 * and by Cauchy and Schwarz the second is at most |scale code| |rest|, the third at most |rest'| |x|.
 */
#ifndef KIN_GALLERY_SKETCH_H
#define KIN_GALLERY_SKETCH_H

#include "base/memory.h"
#include "kern/dot/dot.h"
#include "kin/kin.h"

/* Costs n + 8 bytes a row: 136 beside the 512 of a vector of 128 numbers. */
typedef struct {
    size_t  n, room; /* numbers of a row, a multiple of 16; rows */
    int8_t *code;    /* [room, n], -127 .. 127 */
    float  *step;    /* [room] */
    float  *error;   /* [room]: at least the length of what the codes leave of the row */
} kin_sketch;

typedef struct {
    int16_t code[KIN_EMBEDDING_MAX];
    float   scale;
    float   length; /* of scale * code */
    float   slack;  /* what of the query its codes leave, and what rounding may add to a dot product */
} kin_sketch_query;

/* Room for more rows; those that are there stay. `s`: zeros but for n at first. */
kin_status kin_sketch_grow(kin_context *ctx, kin_sketch *s, size_t room);
/* Overwrites the codes: they are faces too. */
void kin_sketch_free(kin_context *ctx, kin_sketch *s);

/* Rows and query: n numbers, no longer than 1.001 all together. */
void kin_sketch_row(kin_sketch *s, size_t row, const float *x);
void kin_sketch_ask(const kin_sketch *s, const float *q, kin_sketch_query *query);
/* bound[i]: at least what kernel->dot and ->rows of any level give for the query and row `first` + i; for random vectors of
 * 128 numbers about 0.01 more. */
void kin_sketch_bounds(const kin_sketch *s, const kin_sketch_query *query, const kin_dot_kernel *kernel, size_t first,
                       size_t count, float *bound);

#endif
