/* SPDX-License-Identifier: Apache-2.0
 *
 * kin ops: the ops of docs/ops.md, from the same registry.
 */
#include "app/app.h"
#include "nn/ops/describe.h"

int kin_verb_ops(kin_app *app)
{
    kin_buffer text = kin_buffer_make(app->ctx);
    kin_status status = KIN_OK;
    for (size_t i = 0; i < kin_op_count && status == KIN_OK; i++) status = kin_op_describe(&text, kin_ops[i]);
    if (status == KIN_OK)
        fwrite(text.data, 1, text.size, stdout); /* main.c checks the stream at the end */
    else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
    kin_buffer_free(&text);
    return app->exit;
}
