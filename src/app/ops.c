/* SPDX-License-Identifier: Apache-2.0
 *
 * kin ops: the ops of docs/ops.md, from the same registry.
 */
#include "app/answer.h"
#include "nn/ops/describe.h"

static void as_json(kin_app *app)
{
    json_t *list = json_array();
    for (size_t i = 0; i < kin_op_count; i++) {
        const kin_op *op = kin_ops[i];
        json_t       *one = json_object(), *attributes = json_array();
        for (size_t k = 0; k < op->attr_count; k++) {
            json_t *attribute = json_object();
            json_object_set_new(attribute, "name", kin_json_text(op->attr[k].name));
            json_object_set_new(attribute, "default", kin_json_text(op->attr[k].fallback));
            json_object_set_new(attribute, "doc", kin_json_text(op->attr[k].doc));
            json_array_append_new(attributes, attribute);
        }
        json_object_set_new(one, "op", kin_json_text(op->name));
        json_object_set_new(one, "does", kin_json_text(op->summary));
        json_object_set_new(one, "inputs", kin_json_text(op->inputs));
        json_object_set_new(one, "attributes", attributes);
        json_object_set_new(one, "in_place", json_boolean(op->in_place));
        json_array_append_new(list, one);
    }
    json_t *out = json_object();
    json_object_set_new(out, "ops", list);
    kin_json_print(app, out);
}

static void as_csv(void)
{
    puts("op,does,inputs,attributes,in_place");
    for (size_t i = 0; i < kin_op_count; i++) {
        const kin_op *op = kin_ops[i];
        kin_csv_text(op->name, true);
        kin_csv_text(op->summary, false);
        kin_csv_text(op->inputs, false);
        fputs(",\"", stdout);
        for (size_t k = 0; k < op->attr_count; k++) printf("%s%s=%s", k ? " " : "", op->attr[k].name, op->attr[k].fallback);
        printf("\",%d\n", op->in_place);
    }
}

static void as_text(kin_app *app)
{
    kin_buffer text = kin_buffer_make(app->ctx);
    kin_status status = KIN_OK;
    for (size_t i = 0; i < kin_op_count && status == KIN_OK; i++) status = kin_op_describe(&text, kin_ops[i]);
    if (status == KIN_OK)
        fwrite(text.data, 1, text.size, stdout); /* main.c checks the stream at the end */
    else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
    kin_buffer_free(&text);
}

int kin_verb_ops(kin_app *app)
{
    if (app->set.json)
        as_json(app);
    else if (app->set.csv)
        as_csv();
    else
        as_text(app);
    return app->exit;
}
