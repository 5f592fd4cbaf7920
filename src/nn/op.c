/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry of ops, made from ops.def, and what every op's infer asks of its inputs.
 */
#include "nn/op.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

const kin_op *const kin_ops[] = {
#define KIN_OP(name, ...) &kin_op_##name,
#include "nn/ops.def"
#undef KIN_OP
    NULL,
};
const size_t kin_op_count = sizeof kin_ops / sizeof *kin_ops - 1;

const kin_op *kin_op_find(const char *name)
{
    for (size_t i = 0; i < kin_op_count; i++)
        if (!strcmp(kin_ops[i]->name, name)) return kin_ops[i];
    return NULL;
}

kin_status kin_op_fail(const kin_call *call, kin_status status, const char *format, ...)
{
    char    text[KIN_ERROR_BYTES], name[120];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return kin_fail(call->ctx, status, "node '%s': %s", kin_printable(call->name, strlen(call->name), name, sizeof name),
                    text);
}

static kin_status expect_input(const kin_call *call, size_t in)
{
    if (in >= call->in_count || !call->in[in]) return kin_op_fail(call, KIN_E_FORMAT, "input %zu is missing", in);
    return KIN_OK;
}

kin_status kin_expect_rank(const kin_call *call, size_t in, int least, int most)
{
    KIN_TRY(expect_input(call, in));
    int rank = call->in[in]->shape.rank;
    if (rank >= least && rank <= most) return KIN_OK;
    char shape[KIN_SHAPE_TEXT];
    kin_shape_text(&call->in[in]->shape, shape, sizeof shape);
    if (least == most)
        return kin_op_fail(call, KIN_E_FORMAT, "input %zu is %s of rank %d, expected rank %d", in, shape, rank, least);
    return kin_op_fail(call, KIN_E_FORMAT, "input %zu is %s of rank %d, expected rank %d to %d", in, shape, rank, least,
                       most);
}

kin_status kin_expect_ints(const kin_call *call, size_t in, size_t most, kin_ints *out)
{
    KIN_TRY(expect_input(call, in));
    const kin_tensor *t = call->in[in];
    size_t            count;
    if (t->type != KIN_INT32 && t->type != KIN_INT64)
        return kin_op_fail(call, KIN_E_FORMAT, "input %zu is %s, expected int32 or int64", in, kin_type_name(t->type));
    KIN_TRY(kin_expect_rank(call, in, 0, 1));
    if (most > KIN_INTS_MAX) most = KIN_INTS_MAX;
    if (!kin_shape_elements(&t->shape, &count) || count > most)
        return kin_op_fail(call, KIN_E_FORMAT, "input %zu has %lld numbers, expected at most %zu", in,
                           t->shape.rank ? (long long)t->shape.dim[0] : 1LL, most);
    if (!t->data && count) /* an empty list is known without data */
        return kin_op_fail(call, KIN_E_UNSUPPORTED, "input %zu must be known before a run, but depends on the input", in);
    out->count = (int)count;
    for (size_t i = 0; i < count; i++) { /* a file's constants may stand unaligned */
        int32_t narrow;
        if (t->type == KIN_INT64) {
            memcpy(&out->value[i], (const char *)t->data + i * sizeof(int64_t), sizeof(int64_t));
        } else {
            memcpy(&narrow, (const char *)t->data + i * sizeof narrow, sizeof narrow);
            out->value[i] = narrow;
        }
    }
    return KIN_OK;
}

kin_status kin_expect_axis(const kin_call *call, int64_t axis, int rank, int *out)
{
    if (axis < -(int64_t)rank || axis >= rank)
        return kin_op_fail(call, KIN_E_FORMAT, "axis %lld is out of range for rank %d", (long long)axis, rank);
    *out = (int)(axis < 0 ? axis + rank : axis);
    return KIN_OK;
}

void kin_op_same_bytes(const kin_call *call)
{
    memmove(call->out[0]->data, call->in[0]->data, kin_count(&call->in[0]->shape) * kin_type_size(call->in[0]->type));
}

void kin_op_same_bytes_backward(const kin_back *back)
{
    memmove(back->dx[0]->data, back->dy[0]->data, kin_count(&back->dy[0]->shape) * sizeof(float));
}
