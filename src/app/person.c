/* SPDX-License-Identifier: Apache-2.0
 *
 * kin people, kin person NAME: who is known, and what of them (known.c).
 */
#include "app/answer.h"
#include "app/gallery.h"
#include "app/known.h"
#include "base/context.h"
#include "gallery/gallery.h"

static const char *given(const kin_app *app, const kin_known_field *f)
{
    return *(const char *const *)(const void *)((const char *)&app->set + f->option);
}

/* --- told --- */

static json_t *person_json(const kin_person *p)
{
    char    text[KIN_KNOWN_BYTES];
    json_t *one = json_object();
    json_object_set_new(one, "name", kin_json_text(p->name));
    json_object_set_new(one, "faces", json_integer((json_int_t)p->faces));
    json_object_set_new(one, "ignored", json_boolean(p->ignored));
    for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) {
        kin_known_fields[i].show(p, text);
        json_object_set_new(one, kin_known_fields[i].name, *text ? kin_json_text(text) : json_null());
    }
    return one;
}

static void csv_head(void)
{
    printf("name,faces,ignored");
    for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) kin_csv_text(kin_known_fields[i].name, false);
    putchar('\n');
}

static void csv_line(const kin_person *p)
{
    char text[KIN_KNOWN_BYTES];
    kin_csv_text(p->name, true);
    printf(",%zu,%d", p->faces, p->ignored);
    for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) {
        kin_known_fields[i].show(p, text);
        kin_csv_text(text, false);
    }
    putchar('\n');
}

static void text_line(const kin_person *p, int widest)
{
    char text[KIN_KNOWN_BYTES], shown[KIN_KNOWN_BYTES];
    kin_put_cell(p->name, widest);
    printf("  %zu", p->faces);
    for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) {
        kin_known_fields[i].show(p, text);
        if (*text) printf("  %s %s", kin_known_fields[i].name, kin_shown(text, shown, sizeof shown));
    }
    putchar('\n');
}

static void tell_people(kin_app *app, const kin_people *people)
{
    int widest = 0;
    if (app->set.json) {
        json_t *out = json_object(), *list = json_array();
        for (size_t i = 0; i < people->count; i++) json_array_append_new(list, person_json(&people->person[i]));
        json_object_set_new(out, "people", list);
        kin_json_print(app, out);
    } else if (app->set.csv) {
        csv_head();
        for (size_t i = 0; i < people->count; i++) csv_line(&people->person[i]);
    } else {
        for (size_t i = 0; i < people->count; i++)
            if (kin_columns(people->person[i].name) > widest) widest = kin_columns(people->person[i].name);
        for (size_t i = 0; i < people->count; i++) text_line(&people->person[i], widest);
        if (!people->count) printf("nobody is known yet: kin enroll NAME PHOTO...\n");
    }
}

int kin_verb_people(kin_app *app)
{
    kin_gallery *home;
    kin_people   people = {0};
    if (kin_home_open(app, false, &home) != EXIT_DONE) return app->exit;
    kin_status status = home ? kin_gallery_people(home, NULL, &people) : KIN_OK;
    if (status != KIN_OK)
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    else
        tell_people(app, &people);
    if (home && status == KIN_OK) kin_home_warn(app, home);
    if (!people.count) kin_raise(app, EXIT_NO);
    kin_people_free(&people);
    kin_gallery_free(home);
    return app->exit;
}

/* --- one person --- */

/* All that the command line says of the person, or nothing of it: one change. */
static kin_status set_all(kin_app *app, kin_gallery *home)
{
    KIN_TRY(kin_gallery_begin(home));
    kin_status status = KIN_OK;
    for (size_t i = 0; i < KIN_KNOWN_FIELDS && status == KIN_OK; i++)
        if (given(app, &kin_known_fields[i])) status = kin_known_fields[i].set(app->ctx, home, app->arg[0], given(app, &kin_known_fields[i]));
    return kin_gallery_end(home, status);
}

int kin_verb_person(kin_app *app)
{
    kin_gallery *home;
    kin_person   person;
    bool         change = false;
    for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) change = change || given(app, &kin_known_fields[i]);
    if ((change ? kin_home_change(app, &home) : kin_home_open(app, false, &home)) != EXIT_DONE) return app->exit;
    if (!home) {
        kin_say("nobody is known yet: kin enroll NAME PHOTO...");
        kin_raise(app, EXIT_NO);
        return app->exit;
    }
    kin_status status = change ? set_all(app, home) : KIN_OK;
    if (status == KIN_OK) status = kin_gallery_person(home, app->arg[0], NULL, &person);
    if (status != KIN_OK)
        kin_home_fail(app, status);
    else if (app->set.json)
        kin_json_print(app, person_json(&person));
    else if (app->set.csv) {
        csv_head();
        csv_line(&person);
    } else
        text_line(&person, 0);
    kin_gallery_free(home);
    return app->exit;
}
