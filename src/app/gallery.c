/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening the gallery, whose consent is over; the verbs rename, forget.
 */
#include "app/gallery.h"

#include <string.h>
#include <unistd.h>

#include "app/answer.h"
#include "base/date.h"
#include "gallery/gallery.h"

int kin_home_open(kin_app *app, bool write, kin_gallery **out)
{
    *out = NULL;
    kin_status status = (write ? kin_gallery_open : kin_gallery_open_reading)(app->ctx, app->set.gallery, out);
    if (status == KIN_OK || (!write && status == KIN_E_NOT_FOUND)) return EXIT_DONE;
    return kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
}

int kin_home_look(kin_app *app, kin_gallery **out)
{
    int exit = kin_home_open(app, false, out);
    if (exit != EXIT_DONE || *out) return exit;
    kin_say("nobody is known yet: kin enroll NAME PHOTO...");
    kin_raise(app, EXIT_NO);
    return EXIT_NO;
}

int kin_home_change(kin_app *app, kin_gallery **out)
{
    int exit = kin_home_look(app, out);
    if (exit != EXIT_DONE) return exit;
    kin_gallery_free(*out);
    return kin_home_open(app, true, out);
}

bool kin_home_warn(kin_app *app, kin_gallery *home)
{
    kin_people people;
    char       list[1200] = "", date[KIN_DATE_BYTES];
    size_t     used = 0, told = 0;
    if (kin_gallery_expired(home, 0, &people) != KIN_OK) return false;
    const size_t count = people.count;
    for (; told < count && used + KIN_NAME_MAX + 20 < sizeof list; told++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s (%s)", told ? ", " : "", people.person[told].name,
                                 kin_date_write(people.person[told].until, date, sizeof date));
    if (told < count) snprintf(list + used, sizeof list - used, " and %zu more", count - told);
    if (count && !app->set.quiet)
        kin_say("consent is over: %s: kin person NAME --until DATE, or kin forget --expired", list);
    kin_people_free(&people);
    return count > 0;
}

int kin_home_fail(kin_app *app, kin_status status)
{
    if (status != KIN_E_REFUSED) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    kin_say("%s", kin_error(app->ctx));
    kin_raise(app, EXIT_NO);
    return app->exit;
}

int kin_verb_rename(kin_app *app)
{
    kin_gallery *home;
    if (kin_gallery_check_name(app->ctx, app->arg[1]) != KIN_OK) {
        kin_say("%s", kin_error(app->ctx));
        return EXIT_USAGE;
    }
    if (kin_home_change(app, &home) != EXIT_DONE) return app->exit;
    kin_status status = kin_gallery_rename(home, app->arg[0], app->arg[1]);
    if (status != KIN_OK)
        kin_home_fail(app, status);
    else if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "old", kin_json_text(app->arg[0]));
        json_object_set_new(out, "new", kin_json_text(app->arg[1]));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("old,new");
        kin_csv_text(app->arg[0], true);
        kin_csv_text(app->arg[1], false);
        putchar('\n');
    } else {
        char old[KIN_NAME_MAX + 1], new[KIN_NAME_MAX + 1];
        printf("%s is %s now\n", kin_shown(app->arg[0], old, sizeof old), kin_shown(app->arg[1], new, sizeof new));
    }
    kin_gallery_free(home);
    return app->exit;
}

/* Asks on a terminal only: a script means what it says. */
static bool sure(const kin_app *app, const char *name)
{
    char question[KIN_NAME_MAX + 80], shown[KIN_NAME_MAX + 1];
    if (app->set.force || !isatty(STDIN_FILENO)) return true;
    snprintf(question, sizeof question, "Delete %s and all that is kept of them? This cannot be undone.",
             kin_shown(name, shown, sizeof shown));
    return kin_ask(question);
}

static void tell_forgotten(kin_app *app, const char *name, const kin_forgotten *gone)
{
    char shown[KIN_NAME_MAX + 1];
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "name", kin_json_text(name));
        json_object_set_new(out, "faces", json_integer((json_int_t)gone->faces));
        json_object_set_new(out, "vectors", json_integer((json_int_t)gone->vectors));
        json_object_set_new(out, "crops", json_integer((json_int_t)gone->crops));
        json_object_set_new(out, "rejections", json_integer((json_int_t)gone->rejections));
        json_object_set_new(out, "journal_rows", json_integer((json_int_t)gone->journal));
        json_object_set_new(out, "purged", json_boolean(gone->purged));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        kin_csv_text(name, true);
        printf(",%zu,%zu,%zu,%zu,%zu,%d\n", gone->faces, gone->vectors, gone->crops, gone->rejections, gone->journal, gone->purged);
    } else
        printf("forgot %s: %zu faces, %zu vectors, %zu crops, %zu rejections, %zu rows of the journal; cannot be undone\n",
               kin_shown(name, shown, sizeof shown), gone->faces, gone->vectors, gone->crops, gone->rejections, gone->journal);
    fflush(stdout); /* a receipt of what is done, whatever comes next */
    if (gone->purged) return;
    kin_say("deleted, but bytes of it may still lie in the file's free pages: %s", kin_error(app->ctx));
    kin_raise(app, EXIT_RESOURCES);
}

/* False ends the whole. */
static bool forget(kin_app *app, kin_gallery *home, const char *name)
{
    kin_forgotten gone;
    if (!sure(app, name)) {
        kin_raise(app, EXIT_NO);
        return !kin_interrupted();
    }
    kin_status status = kin_gallery_forget(home, name, &gone);
    if (status == KIN_OK)
        tell_forgotten(app, name, &gone);
    else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    return status == KIN_OK && !kin_interrupted();
}

static void forget_expired(kin_app *app, kin_gallery *home)
{
    kin_people people;
    kin_status status = kin_gallery_expired(home, 0, &people);
    if (status != KIN_OK)
        kin_home_fail(app, status);
    else if (!people.count) {
        kin_say("nobody's consent is over");
        kin_raise(app, EXIT_NO);
    }
    for (size_t i = 0; i < people.count && forget(app, home, people.person[i].name);) i++;
    kin_people_free(&people);
}

int kin_verb_forget(kin_app *app)
{
    kin_gallery *home;
    kin_person   person;
    if (app->set.expired == (app->arg_count == 1)) {
        kin_say("forget: expected NAME or --expired (kin help forget)");
        return EXIT_USAGE;
    }
    if (kin_home_change(app, &home) != EXIT_DONE) return app->exit;
    kin_status status = app->set.expired ? KIN_OK : kin_gallery_person(home, app->arg[0], NULL, &person);
    if (status != KIN_OK)
        kin_home_fail(app, status);
    else {
        if (app->set.csv) puts("name,faces,vectors,crops,rejections,journal_rows,purged");
        if (app->set.expired)
            forget_expired(app, home);
        else
            forget(app, home, app->arg[0]);
    }
    kin_gallery_free(home);
    return app->exit;
}
