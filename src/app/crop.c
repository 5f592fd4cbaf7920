/* SPDX-License-Identifier: Apache-2.0
 *
 * kin crop PHOTO... -o DIR: one PNG a face, aligned or with a margin.
 */
#include <math.h>

#include "app/answer.h"
#include "app/draw.h"
#include "base/context.h"

/* "DIR/beach-2.png" for the second face. */
static bool crop_path(const kin_app *app, const kin_seen *seen, size_t face, char *out, size_t size)
{
    char suffix[32];
    snprintf(suffix, sizeof suffix, "-%zu.png", face + 1);
    return kin_output_path(app->set.output, seen, suffix, out, size);
}

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    const kin_settings *set = &worker->app->set;
    for (size_t i = 0; i < seen->faces.count; i++) {
        char path[4096];
        if (!crop_path(worker->app, seen, i, path, sizeof path))
            return kin_fail(worker->ctx, KIN_E_USAGE, "%s: the path of its crop would be too long", seen->path);
        kin_image *crop = NULL;
        kin_status status = isnan(set->margin)
                                ? kin_crop_aligned(worker->embedder, photo, &seen->faces.face[i], &crop)
                                : kin_crop_margin(worker->ctx, photo, &seen->faces.face[i], (float)set->margin, (int)set->size, &crop);
        if (status == KIN_OK) status = kin_output_write(worker, crop, path);
        kin_image_free(crop);
        if (status != KIN_OK) return status;
    }
    return KIN_OK;
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    size_t *faces = arg;
    json_t *document = app->set.json ? kin_seen_json(seen, 0) : NULL, *list = json_object_get(document, "faces");
    *faces += seen->faces.count;
    if (seen->status == KIN_OK && !seen->faces.count && !app->set.json && !app->set.csv) {
        kin_put_path(app, seen->path);
        puts("no face");
    }
    for (size_t i = 0; seen->status == KIN_OK && i < seen->faces.count; i++) {
        char path[4096] = "";
        crop_path(app, seen, i, path, sizeof path);
        if (app->set.json)
            json_object_set_new(json_array_get(list, i), "crop", kin_json_text(path));
        else if (app->set.csv) {
            kin_csv_face(seen, i);
            kin_csv_text(path, false);
            putchar('\n');
        } else {
            kin_put_path(app, seen->path);
            kin_put_cell(path, 0);
            putchar('\n');
        }
    }
    if (app->set.json) kin_json_print(app, document);
}

int kin_verb_crop(kin_app *app)
{
    if (!app->set.output) {
        kin_say("crop: -o DIR is missing (kin help crop)");
        return EXIT_USAGE;
    }
    if (app->set.size && isnan(app->set.margin)) {
        kin_say("crop: --size is for crops with --margin; an aligned one has the recogniser's size (kin help crop)");
        return EXIT_USAGE;
    }
    kin_paths  paths;
    kin_models models = {0};
    size_t     faces = 0;
    kin_raise(app, kin_paths_find(app, app->arg, app->arg_count, &paths));
    if (app->set.csv) {
        kin_csv_header_faces();
        puts(",crop");
    }
    if (paths.count && kin_output_check(app, paths.count, true) == EXIT_DONE && kin_models_open(app, isnan(app->set.margin), &models) == EXIT_DONE)
        kin_photos_see(app, &models, &(kin_photo_job){.look = look, .tell = tell, .no_vectors = true, .arg = &faces}, &paths);
    kin_models_close(&models);
    kin_paths_free(&paths);
    if (!faces) kin_raise(app, EXIT_NO);
    return app->exit;
}
