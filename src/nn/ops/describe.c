/* SPDX-License-Identifier: Apache-2.0
 *
 * What the registry says about the ops, as text. See describe.h.
 */
#include "nn/ops/describe.h"

#include <string.h>

/* "x weights bias?" -> "x, weights, bias?" */
static kin_status add_inputs(kin_buffer *out, const kin_op *op)
{
    for (const char *at = op->inputs; *at; at++) KIN_TRY(kin_buffer_text(out, *at == ' ' ? ", " : "%c", *at));
    return KIN_OK;
}

/* The names of the inputs that a gradient passes to, "x, weights, bias"; "flat": it ends here as zero; else "none". */
static kin_status add_gradient(kin_buffer *out, const kin_op *op)
{
    const char *name = op->inputs, *between = "";
    if (!op->backward) return kin_buffer_text(out, op->flat ? "flat" : "none");
    for (int i = 0; *name; i++) {
        int length = (int)strcspn(name, " ?");
        if (op->backward_to >> i & 1) {
            KIN_TRY(kin_buffer_text(out, "%s%.*s", between, length, name));
            between = ", ";
        }
        name += strcspn(name, " ");
        if (*name) name++;
    }
    return KIN_OK;
}

kin_status kin_op_describe(kin_buffer *out, const kin_op *op)
{
    KIN_TRY(kin_buffer_text(out, "%s(", op->name));
    KIN_TRY(add_inputs(out, op));
    KIN_TRY(kin_buffer_text(out, ")%s\n    %s\n", op->in_place ? " in place" : "", op->summary));
    for (size_t i = 0; i < op->attr_count; i++)
        KIN_TRY(kin_buffer_text(out, "    %s=%s  %s\n", op->attr[i].name, op->attr[i].fallback, op->attr[i].doc));
    KIN_TRY(kin_buffer_text(out, "    gradient: "));
    KIN_TRY(add_gradient(out, op));
    return kin_buffer_text(out, "\n");
}

static kin_status add_row(kin_buffer *out, const kin_op *op)
{
    KIN_TRY(kin_buffer_text(out, "| `%s` | %s | ", op->name, op->summary));
    KIN_TRY(add_inputs(out, op));
    KIN_TRY(kin_buffer_text(out, " | "));
    for (size_t i = 0; i < op->attr_count; i++)
        KIN_TRY(kin_buffer_text(out, "%s`%s=%s` %s", i ? "<br>" : "", op->attr[i].name, op->attr[i].fallback,
                                op->attr[i].doc));
    KIN_TRY(kin_buffer_text(out, " | %s | ", op->in_place ? "yes" : ""));
    KIN_TRY(add_gradient(out, op));
    return kin_buffer_text(out, " |\n");
}

kin_status kin_ops_markdown(kin_buffer *out)
{
    KIN_TRY(kin_buffer_text(out,
                            "# Ops\n\n"
                            "Made from the registry (`src/nn/ops.def`) by `build/tests/test_ops_docs --write`; a test fails "
                            "when this page is stale.\n`kin ops` prints the same.\n\n"
                            "An input with `?` may be left out, `...` stands for any number more. Attributes are given with "
                            "their defaults. \"In place\": the output may\nstand in the memory of the first input when both "
                            "have the same size. Each op's formula, its name in TensorFlow and the source of its rules are\n"
                            "in the comment of `src/nn/ops/NAME.c`.\n\n"
                            "\"Gradient\": the inputs that a gradient passes to in training; flat: it ends there as zero, since the "
                            "output changes in steps or not at\nall; none: training does not pass through. Activations of a layer, its slope "
                            "and its residual become ops of their own before.\n\n"
                            "| op | what it does | inputs | attributes | in place | gradient |\n|---|---|---|---|---|---|\n"));
    for (size_t i = 0; i < kin_op_count; i++) KIN_TRY(add_row(out, kin_ops[i]));
    return KIN_OK;
}
