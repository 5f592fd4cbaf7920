/* SPDX-License-Identifier: Apache-2.0
 *
 * kin summary MODEL: a network layer by layer, as the plan runs it.
 */
#include <inttypes.h>
#include <string.h>

#include "api/open.h"
#include "app/card.h"
#include "app/summary.h"
#include "base/text.h"

/* Of a file that kin train wrote: how many numbers learnt; 0: another file. */
static uint64_t trained_of(const kin_graph *graph)
{
    json_t    *card = kin_card_json(graph);
    json_int_t trained = json_integer_value(json_object_get(card, "trained_weights"));
    json_decref(card);
    return trained > 0 ? (uint64_t)trained : 0;
}

static void as_text(const kin_plan *plan, const kin_row_totals *total, uint64_t trained)
{
    printf("%-18s %-22s %-22s %11s %13s  %s\n", "op", "output", "kernel", "parameters", "multiply-adds", "name");
    for (size_t i = 0; i < kin_plan_rows(plan); i++) {
        kin_row row = kin_plan_row(plan, i);
        char    shape[KIN_SHAPE_TEXT], name[80];
        printf("%-18s %-22s %-22s %11" PRIu64 " %13" PRIu64 "  %s%s%s\n", row.op, kin_shape_text(&row.shape, shape, sizeof shape), row.kernel,
               row.parameters, row.macs, kin_shown(row.name, name, sizeof name), *row.fused ? "  " : "", row.fused);
    }
    printf("total: %" PRIu64 " parameters, %" PRIu64 " multiply-adds, %.1f MB for a run, %.1f MB packed weights\n", total->parameters, total->macs,
           (double)total->arena_bytes / 1e6, (double)total->packed_bytes / 1e6);
    if (trained && trained <= total->parameters)
        printf("trained by kin train: %" PRIu64 " parameters; the other %" PRIu64 " stayed as they were\n", trained, total->parameters - trained);
}

void kin_row_csv(const kin_row *row)
{
    char name[200];
    kin_csv_text(row->op, true);
    kin_csv_text(kin_shown(row->name, name, sizeof name), false);
    kin_csv_text(row->kernel, false);
    putchar(',');
    for (int k = 0; k < row->shape.rank; k++) printf("%s%" PRId64, k ? "x" : "", row->shape.dim[k]);
    kin_csv_text(kin_type_name(row->type), false);
    printf(",%" PRIu64 ",%" PRIu64, row->parameters, row->macs);
    kin_csv_text(row->fused, false);
}

json_t *kin_row_json(const kin_row *row)
{
    json_t *shape = json_array(), *out = json_object();
    for (int k = 0; k < row->shape.rank; k++) json_array_append_new(shape, json_integer((json_int_t)row->shape.dim[k]));
    json_object_set_new(out, "op", kin_json_text(row->op));
    json_object_set_new(out, "name", kin_json_text(row->name));
    json_object_set_new(out, "kernel", kin_json_text(row->kernel));
    json_object_set_new(out, "output", shape);
    json_object_set_new(out, "type", kin_json_text(kin_type_name(row->type)));
    json_object_set_new(out, "parameters", json_integer((json_int_t)row->parameters));
    json_object_set_new(out, "macs", json_integer((json_int_t)row->macs));
    json_object_set_new(out, "attributes", kin_json_text(row->fused));
    return out;
}

static void as_csv(const kin_plan *plan)
{
    puts(KIN_ROW_COLUMNS);
    for (size_t i = 0; i < kin_plan_rows(plan); i++) {
        kin_row row = kin_plan_row(plan, i);
        kin_row_csv(&row);
        putchar('\n');
    }
}

static void as_json(kin_app *app, const kin_plan *plan, const kin_row_totals *total, uint64_t trained)
{
    json_t *layers = json_array(), *out = json_object();
    for (size_t i = 0; i < kin_plan_rows(plan); i++) {
        kin_row row = kin_plan_row(plan, i);
        json_array_append_new(layers, kin_row_json(&row));
    }
    json_object_set_new(out, "layers", layers);
    json_object_set_new(out, "parameters", json_integer((json_int_t)total->parameters));
    if (trained) json_object_set_new(out, "trained_weights", json_integer((json_int_t)trained));
    json_object_set_new(out, "macs", json_integer((json_int_t)total->macs));
    json_object_set_new(out, "run_bytes", json_integer((json_int_t)total->arena_bytes));
    json_object_set_new(out, "packed_bytes", json_integer((json_int_t)total->packed_bytes));
    kin_json_print(app, out);
}

bool kin_shapes_the_zoo(const kin_app *app)
{
    const char *given = app->set.no_top ? "no-top" : app->set.classes ? "classes" : app->set.pooling ? "pooling" : NULL;
    if (given) kin_say("%s: --%s is for vggface-vgg16 and its like, whose layers kin knows by name (kin help %s)", app->verb->name, given, app->verb->name);
    return given;
}

int kin_verb_summary(kin_app *app)
{
    if (kin_model_is_bare(app->arg[0])) return kin_summary_zoo(app);
    if (kin_shapes_the_zoo(app)) return EXIT_USAGE;
    kin_graph     *graph = NULL;
    kin_plan      *plan = NULL;
    kin_row_totals total;
    kin_status     status = kin_model_open(app->ctx, app->arg[0], NULL, &graph);
    if (status == KIN_OK) {
        kin_shape shape[16];
        size_t    inputs = kin_graph_inputs(graph);
        for (size_t i = 0; i < inputs && i < 16; i++) {
            shape[i] = kin_graph_input_shape(graph, i);
            for (int k = 0; k < shape[i].rank; k++)
                if (shape[i].dim[k] < 0) shape[i].dim[k] = k == 0 ? 1 : 320; /* any size: one to look at */
            if (app->set.size && shape[i].rank == 4) shape[i].dim[1] = shape[i].dim[2] = app->set.size;
        }
        status = kin_plan_new(graph, inputs <= 16 ? shape : NULL, &plan);
        if (status == KIN_OK) status = kin_plan_totals(plan, &total);
        if (status != KIN_OK) kin_say("%s: %s", app->arg[0], kin_error(app->ctx)), kin_raise(app, kin_exit_of(status, KIN_ROLE_MODEL));
    } else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    if (status == KIN_OK && app->set.json)
        as_json(app, plan, &total, trained_of(graph));
    else if (status == KIN_OK && app->set.csv)
        as_csv(plan);
    else if (status == KIN_OK)
        as_text(plan, &total, trained_of(graph));
    kin_plan_free(plan);
    kin_graph_free(graph);
    return app->exit;
}
