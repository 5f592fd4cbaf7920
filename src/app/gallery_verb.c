/* SPDX-License-Identifier: Apache-2.0
 *
 * kin gallery WHAT: the table of its parts; info and backup, the short ones.
 */
#include <string.h>
#include <time.h>

#include "app/gallery.h"
#include "app/gallery_part.h"

static int open_or_make(kin_app *app, kin_gallery **home)
{
    return kin_home_open(app, true, home);
}

static const struct {
    const char *name, *argument; /* NULL: takes none */
    int (*open)(kin_app *app, kin_gallery **home);
    int (*run)(kin_app *app, kin_gallery *home);
} part[] = {
    {"info", NULL, kin_home_look, kin_part_info},
    {"check", NULL, kin_home_look, kin_part_check},
    {"upgrade", NULL, kin_home_change, kin_part_upgrade},
    {"backup", "FILE", kin_home_look, kin_part_backup},
    {"export", "FILE.tar", kin_home_look, kin_part_export},
    {"import", "FILE.tar", open_or_make, kin_part_import},
};
enum { PARTS = sizeof part / sizeof *part };

static int refuse(const char *given)
{
    char   shown[100], known[200] = "";
    size_t length = 0;
    for (int i = 0; i < PARTS; i++) {
        const char *between = i == 0 ? "" : i + 1 == PARTS ? " or " : ", ";
        length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", between, part[i].name);
    }
    kin_say("gallery: no '%s', expected %s (kin help gallery)", kin_shown(given, shown, sizeof shown), known);
    return EXIT_USAGE;
}

int kin_verb_gallery(kin_app *app)
{
    int which = 0;
    while (which < PARTS && strcmp(part[which].name, app->arg[0]) != 0) which++;
    if (which == PARTS) return refuse(app->arg[0]);
    if ((app->arg_count > 1) != (part[which].argument != NULL)) {
        kin_say("gallery %s: expected %s (kin help gallery)", part[which].name,
                part[which].argument ? part[which].argument : "nothing more");
        return EXIT_USAGE;
    }
    kin_gallery *home;
    if (part[which].open(app, &home) != EXIT_DONE) return app->exit;
    part[which].run(app, home);
    kin_gallery_free(home);
    return app->exit;
}

/* --- info --- */

static void size_text(uint64_t bytes, char out[32])
{
    if (bytes < 1000000)
        snprintf(out, 32, "%.1f kB", (double)bytes / 1e3);
    else
        snprintf(out, 32, "%.1f MB", (double)bytes / 1e6);
}

/* "2026-11-26" in UTC. */
static const char *date_text(int64_t seconds, char out[32])
{
    time_t    t = (time_t)seconds;
    struct tm day;
    if (!gmtime_r(&t, &day) || !strftime(out, 32, "%Y-%m-%d", &day)) return "?";
    return out;
}

static void info_json(kin_app *app, const kin_gallery *home, const kin_about *a, const char *in_use)
{
    const struct {
        const char *name;
        size_t      value;
    } number[] = {{"people", a->people},         {"ignored", a->ignored}, {"faces", a->faces},          {"crops", a->crops},
                  {"rejections", a->rejections}, {"changes", a->changes}, {"journal_rows", a->traces}, {"bytes", a->bytes},
                  {"picture_bytes", a->picture_bytes}};
    char    day[32];
    json_t *out = json_object(), *models = json_array();
    json_object_set_new(out, "path", kin_json_text(kin_gallery_path(home)));
    json_object_set_new(out, "schema", json_integer(a->schema));
    json_object_set_new(out, "created", kin_json_text(date_text(a->created, day)));
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        json_object_set_new(out, number[i].name, json_integer((json_int_t)number[i].value));
    for (size_t i = 0; i < a->models; i++) {
        const kin_model_about *m = &a->model[i];
        json_t                *one = json_object();
        json_object_set_new(one, "fingerprint", kin_json_text(m->fingerprint));
        json_object_set_new(one, "width", json_integer((json_int_t)m->width));
        json_object_set_new(one, "people", json_integer((json_int_t)m->people));
        json_object_set_new(one, "faces", json_integer((json_int_t)m->faces));
        json_object_set_new(one, "rejections", json_integer((json_int_t)m->rejections));
        json_object_set_new(one, "begun", json_integer((json_int_t)m->fresh));
        json_object_set_new(one, "in_use", json_boolean(strcmp(m->fingerprint, in_use) == 0));
        json_array_append_new(models, one);
    }
    json_object_set_new(out, "models", models);
    kin_json_print(app, out);
}

static void info_csv(const kin_about *a, const char *in_use)
{
    puts("fingerprint,width,people,faces,rejections,begun,in_use");
    for (size_t i = 0; i < a->models; i++) {
        const kin_model_about *m = &a->model[i];
        printf("%s,%zu,%zu,%zu,%zu,%zu,%d\n", m->fingerprint, m->width, m->people, m->faces, m->rejections, m->fresh,
               strcmp(m->fingerprint, in_use) == 0);
    }
}

static void info_text(const kin_gallery *home, const kin_about *a, const char *in_use)
{
    char shown[512], size[32], pictures[32], day[32];
    size_text(a->bytes, size);
    size_text(a->picture_bytes, pictures);
    printf("gallery     %s\n", kin_shown(kin_gallery_path(home), shown, sizeof shown));
    printf("schema      %d, made %s\n", a->schema, date_text(a->created, day));
    printf("people      %zu", a->people);
    if (a->ignored) printf(" (%zu ignored)", a->ignored);
    printf("\nfaces       %zu (%zu with a picture)\n", a->faces, a->crops);
    printf("rejections  %zu\n", a->rejections);
    printf("journal     %zu changes to take back (%zu rows)\n", a->changes, a->traces);
    printf("size        %s (pictures %s)\n", size, pictures);
    for (size_t i = 0; i < a->models; i++) {
        const kin_model_about *m = &a->model[i];
        printf("model       %s  %zu numbers", m->fingerprint, m->width);
        if (m->faces || !m->fresh) printf("  %zu people  %zu faces  %zu rejections", m->people, m->faces, m->rejections);
        if (m->fresh) printf("  upgrade begun: %zu vectors so far", m->fresh);
        puts(strcmp(m->fingerprint, in_use) == 0 ? "  in use" : "");
    }
}

/* The recogniser's fingerprint, "" where there is none: nothing to complain of here. */
static void model_in_use(kin_app *app, char out[KIN_FINGERPRINT_CHARS + 1])
{
    kin_embedder *embedder = NULL;
    *out = '\0';
    if (kin_embedder_open(app->ctx, app->set.model, &embedder) == KIN_OK)
        snprintf(out, KIN_FINGERPRINT_CHARS + 1, "%s", kin_embedder_fingerprint(embedder));
    else if (app->set.model)
        kin_fail_verb(app, app->ctx, KIN_E_NOT_FOUND, KIN_ROLE_MODEL);
    kin_embedder_free(embedder);
}

int kin_part_info(kin_app *app, kin_gallery *home)
{
    kin_about about;
    char      in_use[KIN_FINGERPRINT_CHARS + 1];
    model_in_use(app, in_use);
    kin_status status = kin_gallery_about(home, &about);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    if (app->set.json)
        info_json(app, home, &about, in_use);
    else if (app->set.csv)
        info_csv(&about, in_use);
    else
        info_text(home, &about, in_use);
    kin_about_free(&about);
    return app->exit;
}

/* --- backup --- */

int kin_part_backup(kin_app *app, kin_gallery *home)
{
    uint64_t   bytes;
    char       shown[512], size[32];
    kin_status status = kin_gallery_backup(home, app->arg[1], &bytes);
    if (status != KIN_OK)
        return kin_fail_verb(app, app->ctx, status, status == KIN_E_NOT_FOUND ? KIN_ROLE_OUTPUT : KIN_ROLE_GALLERY);
    if (app->set.json) {
        json_t *out = json_object();
        json_object_set_new(out, "file", kin_json_text(app->arg[1]));
        json_object_set_new(out, "bytes", json_integer((json_int_t)bytes));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        puts("file,bytes");
        kin_csv_text(app->arg[1], true);
        printf(",%llu\n", (unsigned long long)bytes);
    } else {
        size_text(bytes, size);
        printf("backed up to %s, %s: whoever is forgotten from now on is still in it\n",
               kin_shown(app->arg[1], shown, sizeof shown), size);
    }
    return app->exit;
}
