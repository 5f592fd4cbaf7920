/* SPDX-License-Identifier: Apache-2.0
 *
 * kin summary NAME for a network of the zoo: the table that Keras prints of it, from shapes alone.
 */
#include <inttypes.h>
#include <string.h>

#include "app/summary.h"
#include "zoo/zoo.h"

static int longest(const kin_zoo_net *net, int (*length)(const kin_zoo_layer *))
{
    int most = 0;
    for (size_t i = 0; i < net->count; i++)
        if (length(&net->layer[i]) > most) most = length(&net->layer[i]);
    return most;
}

/* "(None, 224, 224, 3)": the number of pictures is open. */
static const char *shape_text(const kin_shape *shape, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "(None");
    for (int k = 1; k < shape->rank; k++) n += (size_t)snprintf(out + n, size - n, ", %" PRId64, shape->dim[k]);
    snprintf(out + n, size - n, ")");
    return out;
}

static int name_length(const kin_zoo_layer *layer)
{
    return (int)(strlen(layer->name) + strlen(layer->type) + 3);
}

static int shape_length(const kin_zoo_layer *layer)
{
    char text[KIN_SHAPE_TEXT];
    return (int)strlen(shape_text(&layer->shape, text, sizeof text));
}

/* 1234567 -> "1,234,567" */
static const char *grouped(uint64_t value, char out[32])
{
    char digits[24];
    int  n = snprintf(digits, sizeof digits, "%" PRIu64, value), k = 0;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) out[k++] = ',';
        out[k++] = digits[i];
    }
    out[k] = '\0';
    return out;
}

/* Of float32 numbers, in Keras' words: "157.34 MB" of 1,024 KB each. */
static void total(const char *what, uint64_t numbers)
{
    static const char *const unit[] = {"B", "KB", "MB", "GB", "TB"};
    char   text[32];
    double bytes = 4.0 * (double)numbers;
    int    u = 0;
    while (bytes >= 1024 && u < 4) bytes /= 1024, u++;
    printf("%s params: %s (%.2f %s)\n", what, grouped(numbers, text), bytes, unit[u]);
}

static void as_text(const kin_zoo_net *net)
{
    int  names = longest(net, name_length), shapes = longest(net, shape_length);
    char number[32], macs[32], shape[KIN_SHAPE_TEXT], name[160];
    printf("%-*s  %-*s  %11s  %14s  %s\n", names, "layer (type)", shapes, "output shape", "param #", "multiply-adds", "connected to");
    for (size_t i = 0; i < net->count; i++) {
        const kin_zoo_layer *l = &net->layer[i];
        snprintf(name, sizeof name, "%s (%s)", l->name, l->type);
        printf("%-*s  %-*s  %11s  %14s  ", names, name, shapes, shape_text(&l->shape, shape, sizeof shape),
               grouped(l->parameters, number), grouped(l->macs, macs));
        for (size_t k = 0; k < l->in_count; k++) printf("%s%s[0][0]", k ? ", " : "", net->layer[l->in[k]].name);
        puts(l->in_count ? "" : "-");
    }
    total("Total", net->parameters);
    total("Trainable", net->trained);
    total("Non-trainable", net->parameters - net->trained);
    printf("Multiply-adds: %s for a picture\n", grouped(net->macs, macs));
}

/* As a row of a plan; no kernel runs it, and what Keras' layer does is in its class. */
static kin_row row_of(const kin_zoo_layer *l)
{
    return (kin_row){.op = l->type, .name = l->name, .kernel = "", .shape = l->shape, .type = KIN_FLOAT32,
                     .parameters = l->parameters, .macs = l->macs};
}

static void as_csv(const kin_zoo_net *net)
{
    puts(KIN_ROW_COLUMNS ",trainable,inputs");
    for (size_t i = 0; i < net->count; i++) {
        const kin_zoo_layer *l = &net->layer[i];
        kin_row              row = row_of(l);
        kin_row_csv(&row);
        printf(",%" PRIu64 ",", l->trained);
        for (size_t k = 0; k < l->in_count; k++) printf("%s%s", k ? " " : "", net->layer[l->in[k]].name);
        putchar('\n');
    }
}

static json_t *layer_json(const kin_zoo_net *net, const kin_zoo_layer *l)
{
    kin_row row = row_of(l);
    json_t *out = kin_row_json(&row), *inputs = json_array();
    for (size_t k = 0; k < l->in_count; k++) json_array_append_new(inputs, kin_json_text(net->layer[l->in[k]].name));
    json_object_set_new(out, "trainable", json_integer((json_int_t)l->trained));
    json_object_set_new(out, "inputs", inputs);
    return out;
}

static void as_json(kin_app *app, const kin_zoo_net *net)
{
    json_t *layers = json_array(), *out = json_object();
    for (size_t i = 0; i < net->count; i++) json_array_append_new(layers, layer_json(net, &net->layer[i]));
    json_object_set_new(out, "network", kin_json_text(net->network->name));
    json_object_set_new(out, "layers", layers);
    json_object_set_new(out, "parameters", json_integer((json_int_t)net->parameters));
    json_object_set_new(out, "trainable", json_integer((json_int_t)net->trained));
    json_object_set_new(out, "macs", json_integer((json_int_t)net->macs));
    kin_json_print(app, out);
}

static bool pooling_of(const char *word, kin_zoo_pooling *out)
{
    static const char *const words[] = {[KIN_ZOO_POOL_NONE] = "none", [KIN_ZOO_POOL_AVG] = "avg", [KIN_ZOO_POOL_MAX] = "max"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!word || strcmp(words[i], word) == 0) {
            *out = (kin_zoo_pooling)i;
            return true;
        }
    return false;
}

bool kin_zoo_settings(const kin_app *app, kin_zoo_options *out)
{
    const kin_settings *set = &app->set;
    *out = (kin_zoo_options){.side = (int)set->size, .classes = (int)set->classes, .no_top = set->no_top, .seed = (uint64_t)set->seed};
    if (pooling_of(set->pooling, &out->pooling)) return true;
    kin_say("%s: --pooling %s: expected none, avg or max (kin help %s)", app->verb->name, set->pooling, app->verb->name);
    return false;
}

int kin_summary_zoo(kin_app *app)
{
    const kin_settings *set = &app->set;
    kin_zoo_options     options;
    kin_zoo_net         net;
    if (!kin_zoo_settings(app, &options)) return EXIT_USAGE;
    kin_status status = kin_zoo_build(app->ctx, app->arg[0], &options, &net);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    if (set->json)
        as_json(app, &net);
    else if (set->csv)
        as_csv(&net);
    else
        as_text(&net);
    kin_graph_free(net.graph);
    return app->exit;
}
