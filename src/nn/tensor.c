/* SPDX-License-Identifier: Apache-2.0
 *
 * Types and shapes: names, sizes, products that cannot wrap.
 */
#include "nn/tensor.h"

#include <stdio.h>

static const struct {
    const char *name;
    size_t      size;
} types[KIN_TYPES] = {
    [KIN_FLOAT32] = {"float32", 4}, [KIN_FLOAT16] = {"float16", 2}, [KIN_INT32] = {"int32", 4},
    [KIN_INT8] = {"int8", 1},       [KIN_UINT8] = {"uint8", 1},     [KIN_INT16] = {"int16", 2},
    [KIN_INT64] = {"int64", 8},     [KIN_BOOL] = {"bool", 1},
};

const char *kin_type_name(kin_type type)
{
    return (unsigned)type < KIN_TYPES ? types[type].name : "unknown";
}

size_t kin_type_size(kin_type type)
{
    return (unsigned)type < KIN_TYPES ? types[type].size : 0;
}

bool kin_shape_elements(const kin_shape *shape, size_t *out)
{
    size_t product = 1, zero = 1;
    if (shape->rank < 0 || shape->rank > KIN_RANK_MAX) return false;
    for (int i = 0; i < shape->rank; i++) {
        int64_t d = shape->dim[i];
        if (d < 0) return false;
        if (d == 0)
            zero = 0; /* the other dimensions must fit all the same: ops multiply some of them */
        else if ((uint64_t)d > SIZE_MAX || !kin_mul_size(product, (size_t)d, &product) || product > SIZE_MAX / 2)
            return false;
    }
    *out = product * zero;
    return true;
}

bool kin_tensor_bytes(const kin_tensor *tensor, size_t *out)
{
    size_t elements;
    return kin_shape_elements(&tensor->shape, &elements) && (unsigned)tensor->type < KIN_TYPES &&
           kin_mul_size(elements, kin_type_size(tensor->type), out) && *out <= SIZE_MAX / 2;
}

bool kin_shape_equal(const kin_shape *a, const kin_shape *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i]) return false;
    return true;
}

const char *kin_shape_text(const kin_shape *shape, char *out, size_t size)
{
    size_t at = (size_t)snprintf(out, size, "[");
    for (int i = 0; i < shape->rank && i < KIN_RANK_MAX && at < size; i++) {
        const char *comma = i ? ", " : "";
        at += (size_t)(shape->dim[i] < 0
                           ? snprintf(out + at, size - at, "%s?", comma)
                           : snprintf(out + at, size - at, "%s%lld", comma, (long long)shape->dim[i]));
    }
    if (at < size) snprintf(out + at, size - at, "]");
    return out;
}
