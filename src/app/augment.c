/* SPDX-License-Identifier: Apache-2.0
 *
 * kin augment DIR -o SHEET.png: a sheet of crops and what a recipe makes of them. Without DIR: what a recipe may hold.
 */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "app/draw.h"
#include "app/folder.h"
#include "base/context.h"
#include "image/draw.h"
#include "learn/augment/augment.h"
#include "os/files.h"

enum { ROWS = 8, VARIANTS = 7, COLUMNS = VARIANTS + 1 };
enum { GAP = 6, LEFT = 150, TOP = 54, LETTERS = 13, LEAST_SIDE = 64, INK = 0x202020, FAINT = 0x707070 };

/* --- the list --- */

static int list(kin_app *app)
{
    if (app->set.output) {
        kin_say("augment: -o is for the sheet of a folder (kin help augment)");
        return EXIT_USAGE;
    }
    static const char *const range[] = {[KIN_DRAW_NONE] = "", [KIN_DRAW_AROUND] = "-S to S", [KIN_DRAW_UP_TO] = "0 to S",
                                        [KIN_DRAW_FROM_ONE] = "1 to S"};
    printf("%-18s %-8s %-8s %s\n", "as usual", "drawn", "S up to", "strength S");
    for (size_t i = 0; i < kin_augment_count; i++) {
        const kin_augment *a = &kin_augments[i];
        char               usual[40], most[16] = "";
        if (a->range == KIN_DRAW_NONE)
            snprintf(usual, sizeof usual, "%s@%g", a->name, a->often);
        else if (a->often < 1)
            snprintf(usual, sizeof usual, "%s=%g@%g", a->name, a->usual, a->often);
        else
            snprintf(usual, sizeof usual, "%s=%g", a->name, a->usual);
        if (a->range != KIN_DRAW_NONE) snprintf(most, sizeof most, "%g", a->most);
        printf("%-18s %-8s %-8s %s\n", usual, range[a->range], most, a->meaning);
    }
    printf("\nwithout --augment: %s\n", kin_recipe_default);
    return EXIT_DONE;
}

/* --- the sheet --- */

typedef struct {
    kin_app     *app;
    kin_folder   folder;
    kin_dataset *set; /* the folder's */
    kin_recipe   recipe;
    kin_image   *sheet;
    int          times; /* how many pixels of the sheet are one of a small crop, each way */
} view;

static int cell_width(const view *v)
{
    return v->set->card.width * v->times;
}

static int cell_height(const view *v)
{
    return v->set->card.height * v->times;
}

static void place(const view *v, const kin_image *crop, int row, int column)
{
    int left = LEFT + column * (cell_width(v) + GAP) + (column ? GAP : 0), top = TOP + row * (cell_height(v) + GAP);
    for (int y = 0; y < cell_height(v); y++) {
        const uint8_t *in = kin_pixels_row(crop, y / v->times);
        uint8_t       *to = kin_pixels_row(v->sheet, top + y) + (size_t)left * 3;
        for (int x = 0; x < cell_width(v); x++) memcpy(to + (size_t)x * 3, in + (size_t)(x / v->times) * 3, 3);
    }
}

static kin_status name_row(const view *v, const kin_sample *sample, int row)
{
    const char *name = strrchr(sample->path, '/') + 1;
    double      y = TOP + row * (cell_height(v) + GAP) + 0.5 * cell_height(v), width = LEFT - 2 * GAP;
    KIN_TRY(kin_draw_text(v->sheet, GAP, y, LETTERS, width, INK, v->set->name[sample->label]));
    return kin_draw_text(v->sheet, GAP, y + 1.4 * LETTERS, LETTERS - 2, width, FAINT, name);
}

static kin_status draw_row(const view *v, size_t i, int row, kin_image *made)
{
    kin_image crop, *owner;
    KIN_TRY(name_row(v, &v->set->sample[i], row));
    KIN_TRY(kin_dataset_crop(v->set, i, v->app->ctx, &crop, &owner));
    kin_status status = KIN_OK;
    place(v, &crop, row, 0);
    for (int k = 0; k < VARIANTS && status == KIN_OK; k++) {
        kin_random chance = kin_recipe_chance((uint64_t)v->app->set.seed, (uint64_t)k, i, 0);
        status = kin_recipe_apply(&v->recipe, &chance, &crop, made);
        if (status == KIN_OK) place(v, made, row, k + 1);
    }
    kin_image_free(owner);
    return status;
}

static kin_status draw_head(const view *v)
{
    char text[KIN_RECIPE_TEXT + 40], recipe[KIN_RECIPE_TEXT];
    snprintf(text, sizeof text, "seed %lld   %s", (long long)v->app->set.seed, kin_recipe_write(&v->recipe, recipe));
    KIN_TRY(kin_draw_text(v->sheet, GAP, 20, LETTERS, v->sheet->width - 2 * GAP, INK, text));
    for (int k = 0; k < COLUMNS; k++) {
        double x = LEFT + k * (cell_width(v) + GAP) + (k ? GAP : 0);
        snprintf(text, sizeof text, k ? "epoch %d" : "the picture", k);
        KIN_TRY(kin_draw_text(v->sheet, x, TOP - 8, LETTERS - 1, cell_width(v), FAINT, text));
    }
    return KIN_OK;
}

static kin_status draw_sheet(view *v)
{
    const kin_dataset *set = v->set;
    size_t             rows = set->size[KIN_PART_TRAINING];
    kin_image         *made;
    v->times = set->card.width < LEAST_SIDE ? (LEAST_SIDE + set->card.width - 1) / set->card.width : 1;
    KIN_TRY(kin_pixels_new(v->app->ctx, LEFT + COLUMNS * (cell_width(v) + GAP) + GAP, TOP + (int)rows * (cell_height(v) + GAP),
                           &v->sheet));
    memset(v->sheet->data, 0xFF, v->sheet->stride * (size_t)v->sheet->height);
    KIN_TRY(draw_head(v));
    KIN_TRY(kin_pixels_new(v->app->ctx, set->card.width, set->card.height, &made));
    kin_status status = KIN_OK;
    for (size_t row = 0; row < rows && status == KIN_OK; row++)
        status = draw_row(v, set->part[KIN_PART_TRAINING][row], (int)row, made);
    kin_image_free(made);
    return status;
}

/* --- from folder to sheet --- */

/* Whether -o is one of the pictures. */
static bool overwrites(const kin_app *app, const kin_dataset *set)
{
    struct stat to, one;
    if (stat(app->set.output, &to) != 0) return false;
    for (size_t i = 0; i < set->count; i++)
        if (stat(set->sample[i].path, &one) == 0 && one.st_dev == to.st_dev && one.st_ino == to.st_ino) return true;
    return false;
}

static int write_sheet(view *v)
{
    kin_app   *app = v->app;
    kin_worker worker = {.app = app, .ctx = app->ctx};
    kin_status status = draw_sheet(v);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    status = kin_output_is_stream(app) ? kin_output_stream(app->ctx, v->sheet)
                                       : kin_output_write(&worker, v->sheet, app->set.output);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_OUTPUT);
}

static int show(view *v, const char *dir)
{
    kin_app   *app = v->app;
    kin_status status = kin_recipe_read(app->ctx, app->set.augment, &v->recipe);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    if (kin_folder_list(&v->folder, dir, &(kin_dataset_options){.unknown = app->set.unknown}) != EXIT_DONE) return app->exit;
    v->set = v->folder.set;
    if (!kin_output_is_stream(app) && overwrites(app, v->set)) {
        kin_say("-o %s: is one of the pictures and would be overwritten", app->set.output);
        return EXIT_USAGE;
    }
    kin_dataset_thin(v->set, ROWS);
    if (kin_folder_models(&v->folder, app->set.model) != EXIT_DONE || kin_folder_prepare(&v->folder) != EXIT_DONE) return app->exit;
    return write_sheet(v);
}

int kin_verb_augment(kin_app *app)
{
    if (!app->arg_count) return list(app);
    if (!app->set.output || kin_path_what(app->set.output) == KIN_PATH_FOLDER) {
        kin_say("augment: -o SHEET.png is missing%s (kin help augment)", app->set.output ? ": that is a folder" : "");
        return EXIT_USAGE;
    }
    if (kin_output_check(app, 1, false) != EXIT_DONE) return app->exit;
    view v = {.app = app, .folder = {.app = app}};
    kin_raise(app, show(&v, app->arg[0]));
    kin_image_free(v.sheet);
    kin_folder_close(&v.folder);
    return app->exit;
}
