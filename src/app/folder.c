/* SPDX-License-Identifier: Apache-2.0
 */
#include "app/folder.h"

#include <math.h>
#include <string.h>

#include "api/open.h"
#include "app/progress.h"
#include "base/context.h"
#include "os/files.h"

static kin_input input_of(const kin_app *app)
{
    return strcmp(app->set.input, "photo") == 0 ? KIN_INPUT_PHOTO : strcmp(app->set.input, "crop") == 0 ? KIN_INPUT_CROP : KIN_INPUT_AUTO;
}

/* The folder is there, but nothing in it that could be used. */
static int nothing(kin_app *app)
{
    kin_say("%s", kin_error(app->ctx));
    kin_raise(app, EXIT_NO);
    return app->exit;
}

int kin_folder_list(kin_folder *f, const char *dir, const kin_dataset_options *options)
{
    kin_status status = kin_dataset_open(f->app->ctx, dir, options, &f->set);
    const char *other = options->validation_dir ? options->validation_dir : dir;
    if (status == KIN_E_NOT_FOUND && kin_path_what(dir) == KIN_PATH_FOLDER && kin_path_what(other) == KIN_PATH_FOLDER) return nothing(f->app);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(f->app, f->app->ctx, status, KIN_ROLE_PHOTO);
}

int kin_folder_models(kin_folder *f, const char *model)
{
    kin_app *app = f->app;
    f->shown = model ? model : "recogniser";
    kin_status status = kin_model_open(app->ctx, model, "recogniser", &f->graph);
    if (status == KIN_OK) status = kin_model_card(f->graph, f->shown, &f->card);
    if (status == KIN_OK && f->card->kind == KIN_CARD_DETECTOR)
        status = kin_fail(app->ctx, KIN_E_UNSUPPORTED, "%s: a detector; expected a recogniser or a classifier", f->shown);
    bool looks = status == KIN_OK && f->card->align != KIN_ALIGN_NONE && input_of(app) != KIN_INPUT_CROP;
    if (looks) status = kin_detector_open(app->ctx, app->set.detector, &f->detector);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
}

static void step(void *user, size_t done, size_t count)
{
    (void)count;
    kin_progress_step(user, done);
}

int kin_folder_prepare(kin_folder *f)
{
    kin_app            *app = f->app;
    const kin_settings *set = &app->set;
    kin_progress        progress = kin_progress_start("pictures", f->set->count, set->quiet);
    kin_prepare_options how = {.card = f->card,
                               .input = input_of(app),
                               .detector = f->detector,
                               .detect = {.min_face_px = isnan(set->min_face) ? 0 : (float)set->min_face,
                                          .rotations = strcmp(set->rotations, "auto") == 0,
                                          .small = set->small},
                               .progress = step,
                               .user = &progress};
    kin_status          status = kin_dataset_prepare(f->set, &how);
    kin_progress_clear(&progress);
    for (size_t i = 0; i < f->set->notes && !set->quiet; i++) kin_say("%s", f->set->note[i]);
    for (size_t i = 0; i < f->set->count; i++)
        if (f->set->sample[i].form == KIN_SAMPLE_SKIPPED && f->set->sample[i].status != KIN_E_REFUSED)
            kin_raise(app, kin_exit_of(f->set->sample[i].status, KIN_ROLE_PHOTO));
    if (status == KIN_E_NOT_FOUND) return nothing(app);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
}

void kin_folder_close(kin_folder *f)
{
    kin_dataset_free(f->set);
    kin_detector_free(f->detector);
    kin_graph_free(f->graph);
}
