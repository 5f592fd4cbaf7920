/* SPDX-License-Identifier: Apache-2.0
 *
 * A tensor as graph, plan and ops see it: dense, row-major, last dimension innermost (NHWC).
 */
#ifndef KIN_NN_TENSOR_H
#define KIN_NN_TENSOR_H

#include "base/memory.h"
#include "kin/model.h"

/* real = scale * (q - zero_point). count 1: one for the tensor; else one a slice along `axis`. count 0: not quantised. */
typedef struct {
    size_t         count;
    int            axis;
    const float   *scale;
    const int64_t *zero_point;
} kin_quant;

typedef struct {
    const char *name; /* never NULL */
    kin_type    type;
    kin_shape   shape;
    kin_quant   quant;
    void       *data; /* graph: NULL or the constant's bytes (never written); plan: where the value stands */
} kin_tensor;

/* Number of elements; false when it does not fit or a dimension is negative. */
bool kin_shape_elements(const kin_shape *shape, size_t *out);
/* Bytes of a dense tensor; false likewise. */
bool kin_tensor_bytes(const kin_tensor *tensor, size_t *out);
bool kin_shape_equal(const kin_shape *a, const kin_shape *b);
/* "[1, 112, 112, 3]", "?" for unknown. Returns `out`. */
const char *kin_shape_text(const kin_shape *shape, char *out, size_t size);
enum { KIN_SHAPE_TEXT = 200 };

static inline kin_shape kin_shape_make(int rank, const int64_t *dim)
{
    kin_shape s = {rank, {0}};
    for (int i = 0; i < rank; i++) s.dim[i] = dim[i];
    return s;
}
/* Elements of a shape that inference has accepted (known to fit). */
static inline size_t kin_count(const kin_shape *shape)
{
    size_t n = 1;
    for (int i = 0; i < shape->rank; i++) n *= (size_t)shape->dim[i];
    return n;
}
/* Elements of dimensions [from, to). */
static inline size_t kin_count_span(const kin_shape *shape, int from, int to)
{
    size_t n = 1;
    for (int i = from; i < to; i++) n *= (size_t)shape->dim[i];
    return n;
}

#endif
