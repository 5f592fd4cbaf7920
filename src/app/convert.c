/* SPDX-License-Identifier: Apache-2.0
 *
 * kin convert IN OUT.tflite: a model, or a network of the zoo with random weights, written anew.
 */
#include <string.h>

#include "api/open.h"
#include "app/card.h"
#include "app/summary.h"
#include "format/card/card.h"

/* A file has its size, its classes. */
static bool told_of_a_file(const kin_app *app)
{
    if (kin_shapes_the_zoo(app)) return true;
    if (app->set.size) kin_say("convert: --size is for vggface-vgg16 and its like, whose layers kin knows by name (kin help convert)");
    return app->set.size != 0;
}

/* A network of the zoo with random weights, and a card that says how it is fed. What the published one's card says of where it
 * comes from is not true of it. */
static kin_status make(kin_app *app, const char *name, const kin_zoo_options *options, kin_graph **out)
{
    const char *text = kin_card_named(name);
    char        words[80];
    KIN_TRY(kin_graph_zoo(app->ctx, name, options, out));
    json_t *card = text ? json_loads(text, 0, NULL) : NULL, *input = json_object_get(card, "input");
    if (!card) return KIN_OK;
    static const char *const gone[] = {"licence", "credit"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) json_object_del(card, gone[i]);
    snprintf(words, sizeof words, "none: random weights, seed %lld", (long long)app->set.seed);
    json_object_set_new(card, "training", json_string(words));
    json_object_set_new(card, "version", json_string("untrained"));
    if (app->set.size) {
        json_object_set_new(input, "width", json_integer(app->set.size));
        json_object_set_new(input, "height", json_integer(app->set.size));
    }
    if (app->set.no_top) {
        json_object_set_new(card, "kind", json_string("embedder"));
        json_object_set_new(card, "output", json_pack("{s:s, s:b, s:b}", "decode", "embedding", "normalise", 1, "mirror", 1));
    }
    return kin_card_put(*out, card);
}

int kin_verb_convert(kin_app *app)
{
    static const char ending[] = ".tflite";
    const char       *to = app->arg[1];
    size_t            length = strlen(to), end = strlen(ending);
    kin_graph        *graph = NULL;
    if (length <= end || strcmp(to + length - end, ending) != 0) {
        kin_say("convert: %s: expected a name that ends in .tflite (kin help convert)", to);
        return EXIT_USAGE;
    }
    bool            bare = kin_model_is_bare(app->arg[0]);
    kin_zoo_options options;
    if (bare ? !kin_zoo_settings(app, &options) : told_of_a_file(app)) return EXIT_USAGE;
    kin_status status = bare ? make(app, app->arg[0], &options, &graph)
                             : kin_model_open(app->ctx, app->arg[0], NULL, &graph);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    status = kin_graph_write(graph, to);
    if (status == KIN_E_UNSUPPORTED || status == KIN_E_FORMAT || status == KIN_E_LIMIT) {
        kin_say("%s: %s", app->arg[0], kin_error(app->ctx));
        kin_raise(app, kin_exit_of(status, KIN_ROLE_MODEL));
    } else if (status != KIN_OK)
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
    kin_graph_free(graph);
    return app->exit;
}
