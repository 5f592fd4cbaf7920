/* SPDX-License-Identifier: Apache-2.0
 *
 * kin crop PHOTO... -o DIR: one PNG a face, aligned or with a margin.
 */
#include <math.h>

#include "app/answer.h"
#include "app/draw.h"
#include "base/context.h"

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    const kin_settings *set = &worker->app->set;
    for (size_t i = 0; i < seen->faces.count; i++) {
        char suffix[32], path[4096];
        snprintf(suffix, sizeof suffix, "-%zu", i + 1);
        if (!kin_output_path(set->output, seen, suffix, path, sizeof path)) return kin_fail(worker->ctx, KIN_E_USAGE, "%s: the path of its crop would be too long", seen->path);
        kin_image *crop = NULL;
        kin_status status = isnan(set->margin)
                                ? kin_crop_aligned(worker->embedder, photo, &seen->faces.face[i], &crop)
                                : kin_crop_margin(worker->ctx, photo, &seen->faces.face[i], (float)set->margin, (int)set->size, &crop);
        if (status == KIN_OK) status = kin_image_write(worker->ctx, crop, path);
        kin_image_free(crop);
        if (status != KIN_OK) return status;
    }
    return KIN_OK;
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    size_t *faces = arg;
    *faces += seen->faces.count;
    char shown[300];
    if (app->set.json)
        kin_json_print(app, kin_seen_json(seen, 0));
    else if (seen->status == KIN_OK)
        printf("%s: %zu face%s\n", kin_shown(seen->path, shown, sizeof shown), seen->faces.count, seen->faces.count == 1 ? "" : "s");
}

int kin_verb_crop(kin_app *app)
{
    if (!app->set.output) {
        kin_say("crop: -o DIR is missing");
        return EXIT_USAGE;
    }
    kin_paths  paths;
    kin_models models = {0};
    size_t     faces = 0;
    kin_raise(app, kin_paths_find(app, app->arg, app->arg_count, &paths));
    if (paths.count && kin_draw_check(app, 2) == EXIT_DONE && kin_models_open(app, isnan(app->set.margin), &models) == EXIT_DONE)
        kin_photos_see(app, &models, &(kin_photo_job){.look = look, .tell = tell, .no_vectors = true, .arg = &faces}, &paths);
    kin_models_close(&models);
    kin_paths_free(&paths);
    if (!faces) kin_raise(app, EXIT_NO);
    return app->exit;
}
