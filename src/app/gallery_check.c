/* SPDX-License-Identifier: Apache-2.0
 *
 * kin gallery check: is the database sound?
 */
#include "app/gallery_part.h"

typedef struct {
    kin_app *app;
    json_t  *faults; /* --json */
} inspection;

static void hear(void *arg, const char *text)
{
    inspection *i = arg;
    char        shown[600];
    if (i->app->set.json)
        json_array_append_new(i->faults, kin_json_text(text));
    else if (i->app->set.csv) {
        kin_csv_text(text, true);
        putchar('\n');
    } else
        puts(kin_shown(text, shown, sizeof shown));
}

static bool decodes(void *arg, const void *picture, size_t bytes)
{
    inspection *i = arg;
    kin_image  *image = NULL;
    bool        good = kin_image_read_memory(i->app->ctx, picture, bytes, &image) == KIN_OK;
    kin_image_free(image);
    return good;
}

int kin_part_check(kin_app *app, kin_gallery *home)
{
    inspection   i = {app, app->set.json ? json_array() : NULL};
    kin_examiner examiner = {&i, hear, decodes};
    kin_about    about = {0};
    size_t       faults = 0;
    if (app->set.csv) puts("fault");
    kin_status status = kin_gallery_check(home, &examiner, &faults);
    if (status == KIN_OK && !faults) status = kin_gallery_about(home, &about);
    if (status != KIN_OK) {
        json_decref(i.faults);
        return kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    }
    if (faults) kin_raise(app, EXIT_UNUSABLE);
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "path", kin_json_text(kin_gallery_path(home)));
        json_object_set_new(out, "sound", json_boolean(!faults));
        json_object_set_new(out, "faults", i.faults);
        kin_json_print(app, out);
    } else if (!app->set.csv && !faults)
        printf("sound: %zu people, %zu faces, %zu pictures\n", about.people, about.faces, about.crops);
    if (faults) kin_say("%s: damaged, %zu fault%s: restore a backup", kin_gallery_path(home), faults, faults == 1 ? "" : "s");
    kin_about_free(&about);
    return app->exit;
}
