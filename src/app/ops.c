/* SPDX-License-Identifier: Apache-2.0
 *
 * kin ops: the table of docs/ops.md.
 */
#include "app/app.h"
#include "nn/op.h"

static void inputs(const kin_op *op, char *out, size_t size)
{
    if (op->in_max >= KIN_MANY)
        snprintf(out, size, "%d+", op->in_min);
    else if (op->in_min == op->in_max)
        snprintf(out, size, "%d", op->in_min);
    else
        snprintf(out, size, "%d-%d", op->in_min, op->in_max);
}

int kin_verb_ops(kin_app *app)
{
    (void)app;
    printf("%-18s %-6s %s\n", "op", "inputs", "what it does; attributes with their fallbacks");
    for (size_t i = 0; i < kin_op_count; i++) {
        const kin_op *op = kin_ops[i];
        char          count[24];
        inputs(op, count, sizeof count);
        printf("%-18s %-6s %s\n", op->name, count, op->summary);
        for (size_t k = 0; k < op->attr_count; k++)
            printf("%25s   %s=%s  %s\n", "", op->attr[k].name, op->attr[k].fallback, op->attr[k].doc);
    }
    return EXIT_DONE;
}
