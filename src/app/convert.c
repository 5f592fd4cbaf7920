/* SPDX-License-Identifier: Apache-2.0
 *
 * kin convert IN OUT.tflite: a model, or a network of the zoo with random weights, written anew.
 */
#include <string.h>

#include "api/open.h"
#include "app/summary.h"

/* A file has its size, its classes. */
static bool told_of_a_file(const kin_app *app)
{
    if (kin_shapes_the_zoo(app)) return true;
    if (app->set.size) kin_say("convert: --size is for vggface-vgg16 and its like, whose layers kin knows by name (kin help convert)");
    return app->set.size != 0;
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
    kin_status status = bare ? kin_graph_zoo(app->ctx, app->arg[0], &options, &graph)
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
