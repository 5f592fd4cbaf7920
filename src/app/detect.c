/* SPDX-License-Identifier: Apache-2.0
 *
 * kin detect PHOTO...: boxes, points, score, quality.
 */
#include "app/answer.h"
#include "app/draw.h"

typedef struct {
    size_t faces;
} tally;

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    return kin_draw_seen(worker, photo, seen);
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    tally *t = arg;
    t->faces += seen->faces.count;
    if (kin_output_is_stream(app)) return;
    if (app->set.json) {
        kin_json_print(app, kin_seen_json(seen, 0));
        return;
    }
    if (seen->status == KIN_OK && !app->set.csv && seen->faces.count == 0) {
        kin_put_path(app, seen->path);
        puts("no face");
    }
    for (size_t i = 0; i < seen->faces.count; i++) {
        const kin_face *f = &seen->faces.face[i];
        if (app->set.csv) {
            kin_csv_face(seen, i);
            putchar('\n');
        } else {
            kin_put_path(app, seen->path);
            printf("face %-2zu  x %4.0f..%-4.0f  y %4.0f..%-4.0f  score %.3f  %4.0f px  sharpness %.2f  yaw %3.0f  pitch %3.0f  roll %3.0f",
                   i + 1, f->box.x0, f->box.x1, f->box.y0, f->box.y1, f->score, f->quality.size_px, f->quality.sharpness,
                   kin_round_to(f->quality.yaw, 1) + 0.0, kin_round_to(f->quality.pitch, 1) + 0.0, kin_round_to(f->quality.roll, 1) + 0.0);
            if (f->turned) printf("  turned %d", f->turned);
            putchar('\n');
        }
    }
}

int kin_verb_detect(kin_app *app)
{
    kin_paths  paths;
    kin_models models = {0};
    tally      t = {0};
    int        exit = kin_paths_find(app, app->arg, app->arg_count, &paths);
    if (app->set.csv) {
        kin_csv_header_faces();
        putchar('\n');
    }
    if (paths.count && kin_output_check(app, paths.count, false) == EXIT_DONE && kin_models_open(app, false, &models) == EXIT_DONE)
        exit = kin_photos_see(app, &models, &(kin_photo_job){.look = look, .tell = tell, .arg = &t}, &paths);
    kin_models_close(&models);
    kin_paths_free(&paths);
    kin_raise(app, exit);
    if (!t.faces) kin_raise(app, EXIT_NO);
    return app->exit;
}
