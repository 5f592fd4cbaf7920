/* SPDX-License-Identifier: Apache-2.0
 *
 * kin undo: takes the last change of the gallery back.
 */
#include "app/answer.h"
#include "app/gallery.h"
#include "base/date.h"

static void tell(kin_app *app, const kin_undone *u)
{
    char made[KIN_TIME_BYTES], name[KIN_NAME_MAX + 1], other[KIN_NAME_MAX + 1];
    kin_time_write(u->made, made, sizeof made);
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "verb", kin_json_text(u->verb));
        json_object_set_new(out, "made", kin_json_text(made));
        json_object_set_new(out, "name", kin_json_text(u->name));
        json_object_set_new(out, "other", *u->other ? kin_json_text(u->other) : json_null());
        json_object_set_new(out, "faces", json_integer((json_int_t)u->faces));
        json_object_set_new(out, "gone", json_boolean(u->gone));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("verb,made,name,other,faces,gone");
        kin_csv_text(u->verb, true);
        kin_csv_text(made, false);
        kin_csv_text(u->name, false);
        kin_csv_text(u->other, false);
        printf(",%zu,%d\n", u->faces, u->gone);
    } else {
        printf("took back: %s", u->verb);
        if (u->people > 1 && !*u->other)
            printf(" of %zu people", u->people);
        else
            printf(" %s", kin_shown(u->name, name, sizeof name));
        if (*u->other) printf(", %s", kin_shown(u->other, other, sizeof other));
        if (u->faces) printf(", %zu face%s", u->faces, u->faces == 1 ? "" : "s");
        puts(u->gone ? " (nobody is called so any more)" : "");
    }
}

int kin_verb_undo(kin_app *app)
{
    kin_gallery *home;
    kin_undone   undone;
    if (kin_home_change(app, &home) != EXIT_DONE) return app->exit;
    kin_status status = kin_gallery_undo(home, &undone);
    if (status == KIN_OK)
        tell(app, &undone);
    else
        kin_home_fail(app, status);
    kin_gallery_free(home);
    return app->exit;
}
