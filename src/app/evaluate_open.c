/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate EMBEDDER DIR: the open set, by galleries in a temporary folder, searched as kin identify does.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/evaluate_open.h"
#include "base/context.h"
#include "base/random.h"
#include "gallery/gallery.h"
#include "gallery/trial.h"
#include "os/files.h"

enum { NO_SIDE = KIN_SIDES };

const double             kin_fpirs[KIN_RATES] = {0.003, 0.01};
const char *const        kin_way_words[KIN_WAYS] = {"these strangers", "the model's card"};
static const char *const way_name[KIN_WAYS] = {"measured", "card"};

/* --- who is enrolled --- */

static void shuffle(size_t *list, size_t count, kin_random *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)kin_random_below(random, i), swap = list[i - 1];
        list[i - 1] = list[k];
        list[k] = swap;
    }
}

/* Half of the person's photos with a face, rounded up, of those that can be tested with another. */
static void draw_photos(kin_sitting *s, size_t person, size_t *list, kin_random *random)
{
    size_t count = 0;
    for (size_t i = 0; i < s->samples.paths.count; i++)
        if (s->samples.person[i] == person && s->samples.seen[i]) list[count++] = i;
    s->side[person] = NO_SIDE;
    if (count < 2) return;
    shuffle(list, count, random);
    for (size_t k = 0; k < (count + 1) / 2; k++) s->enrolled[list[k]] = true;
    s->side[person] = 0;
}

static bool draw(kin_sitting *s)
{
    size_t     people = s->samples.people, sides = 0;
    kin_random random = kin_random_make((uint64_t)s->app->set.seed, 0);
    size_t    *list = calloc((people > s->samples.paths.count ? people : s->samples.paths.count) + 1, sizeof *list);
    if (!list) return false;
    for (size_t p = 0; p < people; p++) draw_photos(s, p, list, &random);
    for (size_t p = 0; p < people; p++) list[p] = p;
    shuffle(list, people, &random);
    for (size_t p = 0; p < people; p++)
        if (s->side[list[p]] != NO_SIDE) s->side[list[p]] = (int)(sides++ % KIN_SIDES);
    free(list);
    return true;
}

/* --- one gallery --- */

static kin_status teach(kin_sitting *s, kin_gallery *g, int side)
{
    KIN_TRY(kin_gallery_begin(g));
    kin_status status = KIN_OK;
    for (size_t i = 0; status == KIN_OK && i < s->samples.paths.count; i++) {
        char          name[24];
        kin_enrolment e = {.photo_name = "", .photo_width = 1, .photo_height = 1, .face = {.box = {0, 0, 1, 1}}};
        if (!s->enrolled[i] || s->side[s->samples.person[i]] != side) continue;
        memcpy(e.photo_hash, &i, sizeof i);
        snprintf(name, sizeof name, "%zu", s->samples.person[i]);
        status = kin_gallery_add(g, name, kin_embedder_fingerprint(s->models.embedder), s->samples.width,
                                 s->samples.vector + i * s->samples.width, &e, NULL);
        s->taught++;
    }
    if (status == KIN_OK) return kin_gallery_commit(g);
    kin_gallery_rollback(g);
    return status;
}

static kin_status search(kin_sitting *s, kin_gallery *g, int side)
{
    for (size_t i = 0; i < s->samples.paths.count; i++) {
        size_t person = s->samples.person[i];
        if (s->enrolled[i] && s->side[person] == side) continue;
        kin_trial t = {.photo = i, .nearest = KIN_NO_INDEX, .side = side, .similarity = -1};
        t.stranger = s->side[person] != side;
        if (s->samples.seen[i]) {
            kin_match who;
            KIN_TRY(kin_identify(g, s->models.embedder, s->samples.vector + i * s->samples.width, &who));
            if (who.nearest.name) t.nearest = (size_t)strtoul(who.nearest.name, NULL, 10);
            t.hit = t.nearest == person;
            t.similarity = (double)who.similarity;
        }
        s->strangers += t.stranger, s->probes += !t.stranger;
        s->trial[s->trials++] = t;
        if (kin_interrupted()) return kin_fail(s->app->ctx, KIN_E_CANCELLED, "interrupted");
    }
    return KIN_OK;
}

/* The card's thresholds for this gallery, told by a search. */
static kin_status decide(kin_sitting *s, kin_gallery *g, int side)
{
    bool table = !isnan(kin_embedder_threshold(s->models.embedder, 0.001));
    for (int f = 0; f < KIN_RATES; f++) {
        kin_match who;
        s->threshold[side][f] = NAN;
        if (!table) continue;
        KIN_TRY(kin_gallery_set_decision(g, kin_fpirs[f], NAN));
        KIN_TRY(kin_identify(g, s->models.embedder, s->samples.vector, &who));
        s->threshold[side][f] = (double)who.threshold;
    }
    return table ? KIN_OK : kin_gallery_set_decision(g, 0, 0.5); /* any: the nearest is what counts */
}

static kin_status sit(kin_sitting *s, const char *path, int side)
{
    kin_gallery *g;
    KIN_TRY(kin_gallery_open(s->app->ctx, path, &g));
    kin_status status = teach(s, g, side);
    if (status == KIN_OK) status = decide(s, g, side);
    if (status == KIN_OK) status = search(s, g, side);
    kin_gallery_free(g);
    return status;
}

/* Galleries in a folder that goes away again. */
static kin_status sit_all(kin_sitting *s)
{
    static const char *const end[] = {"", "-wal", "-shm", "-journal"};
    const char              *tmp = kin_os_env("TMPDIR");
    char                     folder[4096], path[4096 + 32];
    kin_status               status = KIN_OK;
    int                      n = snprintf(folder, sizeof folder, "%s/kin-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (n < 0 || (size_t)n >= sizeof folder || !mkdtemp(folder))
        return kin_fail(s->app->ctx, KIN_E_DISK, "no temporary folder: %s", folder);
    for (int side = 0; status == KIN_OK && side < KIN_SIDES; side++) {
        snprintf(path, sizeof path, "%s/%d.db", folder, side);
        status = sit(s, path, side);
        for (size_t k = 0; k < sizeof end / sizeof *end; k++) {
            snprintf(path, sizeof path, "%s/%d.db%s", folder, side, end[k]);
            unlink(path);
        }
    }
    rmdir(folder);
    return status;
}

/* --- counting --- */

static kin_outcome count(const kin_sitting *s, double first, double second)
{
    kin_outcome o = {.threshold = {first, second}};
    size_t  missed = 0, named = 0, wrong = 0;
    for (size_t i = 0; i < s->trials; i++) {
        const kin_trial *t = &s->trial[i];
        bool         told = t->similarity >= o.threshold[t->side];
        if (t->stranger)
            named += told;
        else
            missed += !(told && t->hit), wrong += told && !t->hit;
    }
    o.missed = kin_rate_of(missed, s->probes);
    o.named = kin_rate_of(named, s->strangers);
    o.wrong = kin_rate_of(wrong, s->probes);
    return o;
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* The least threshold that names at most the part `fpir` of the strangers. */
static double threshold_at(const kin_sitting *s, double fpir, double *room)
{
    size_t n = 0, allowed = (size_t)floor(fpir * (double)s->strangers + 1e-9);
    for (size_t i = 0; i < s->trials; i++)
        if (s->trial[i].stranger) room[n++] = s->trial[i].similarity;
    qsort(room, n, sizeof *room, falling);
    return allowed < n ? nextafter(room[allowed], 2) : -1;
}

/* --- telling --- */

static json_t *outcome_json(const kin_outcome *o, double fpir, const char *by)
{
    json_t *out = json_object(), *thresholds = json_array();
    for (int side = 0; side < KIN_SIDES; side++)
        json_array_append_new(thresholds, kin_json_number(o->threshold[side], 0.001));
    json_object_set_new(out, "fpir", json_real(fpir));
    json_object_set_new(out, "by", json_string(by));
    json_object_set_new(out, "thresholds", thresholds);
    json_object_set_new(out, "stranger", kin_rate_json(&o->named));
    json_object_set_new(out, "missed", kin_rate_json(&o->missed));
    json_object_set_new(out, "wrong", kin_rate_json(&o->wrong));
    return out;
}

static void put_outcome(const kin_outcome *o, double fpir, const char *by)
{
    printf("FPIR %.1f %% by %s, from %.3f", 100 * fpir, by, o->threshold[0]);
    if (o->threshold[0] != o->threshold[1]) printf(" and %.3f", o->threshold[1]);
    printf("\n  strangers named  ");
    kin_put_rate(&o->named);
    printf("\n  missed (FNIR)    ");
    kin_put_rate(&o->missed);
    printf("\n  another's name   ");
    kin_put_rate(&o->wrong);
    putchar('\n');
}

static void tell_csv(const kin_sitting *s)
{
    puts("file,person,role,nearest,similarity");
    for (size_t i = 0; i < s->trials; i++) {
        const kin_trial *t = &s->trial[i];
        kin_csv_text(s->samples.paths.path[t->photo], true);
        kin_csv_text(s->samples.name[s->samples.person[t->photo]], false);
        kin_csv_text(t->stranger ? "stranger" : "probe", false);
        kin_csv_text(t->nearest == KIN_NO_INDEX ? "" : s->samples.name[t->nearest], false);
        kin_csv_number(s->samples.seen[t->photo] ? t->similarity : (double)NAN, 0.0001, false);
        putchar('\n');
    }
}

int kin_ways(const kin_sitting *s)
{
    return isnan(s->threshold[0][0]) ? KIN_BY_CARD : KIN_WAYS;
}

static void judge(kin_sitting *s, double *room)
{
    for (int f = 0; f < KIN_RATES; f++) {
        double threshold = threshold_at(s, kin_fpirs[f], room);
        s->result[f][KIN_MEASURED] = count(s, threshold, threshold);
        s->result[f][KIN_BY_CARD] = count(s, s->threshold[0][f], s->threshold[1][f]);
    }
}

static void tell(const kin_sitting *s)
{
    json_t *rows = s->app->set.json ? json_array() : NULL;
    if (!rows) {
        printf("%zu people, %zu photos, %zu without a face\n", s->samples.people, s->samples.paths.count,
               s->samples.faceless);
        printf("two galleries, half of the people in each, taught with %zu photos; asked %zu of their others, %zu of "
               "strangers\n", s->taught, s->probes, s->strangers);
    }
    for (int f = 0; f < KIN_RATES; f++) {
        for (int k = 0; k < kin_ways(s); k++) {
            if (rows)
                json_array_append_new(rows, outcome_json(&s->result[f][k], kin_fpirs[f], way_name[k]));
            else
                put_outcome(&s->result[f][k], kin_fpirs[f], kin_way_words[k]);
        }
        if (!rows && kin_fpirs[f] * (double)s->strangers < 1)
            printf("  (%zu strangers are too few to measure %.1f %%)\n", s->strangers, 100 * kin_fpirs[f]);
    }
    if (!rows) return;
    json_t *out = json_object();
    json_object_set_new(out, "people", json_integer((json_int_t)s->samples.people));
    json_object_set_new(out, "photos", json_integer((json_int_t)s->samples.paths.count));
    json_object_set_new(out, "without_face", json_integer((json_int_t)s->samples.faceless));
    json_object_set_new(out, "enrolled", json_integer((json_int_t)s->taught));
    json_object_set_new(out, "probes", json_integer((json_int_t)s->probes));
    json_object_set_new(out, "strangers", json_integer((json_int_t)s->strangers));
    json_object_set_new(out, "rates", rows);
    kin_json_print(s->app, out);
}

/* --- all --- */

static void run(kin_sitting *s, kin_html *html)
{
    size_t photos = s->samples.paths.count;
    s->side = calloc(s->samples.people + 1, sizeof *s->side);
    s->enrolled = calloc(photos + 1, sizeof *s->enrolled);
    s->trial = calloc(KIN_SIDES * photos + 1, sizeof *s->trial);
    double    *room = calloc(KIN_SIDES * photos + 1, sizeof *room);
    kin_status status = s->side && s->enrolled && s->trial && room && draw(s)
                            ? KIN_OK
                            : kin_fail(s->app->ctx, KIN_E_MEMORY, "out of memory");
    if (status == KIN_OK) status = sit_all(s);
    if (status != KIN_OK)
        kin_fail_verb(s->app, s->app->ctx, status, KIN_ROLE_GALLERY);
    else if (!s->probes || !s->strangers) {
        kin_say("%s: too few people: two with two photos each are the least", s->app->arg[1]);
        kin_raise(s->app, EXIT_NO);
    } else {
        judge(s, room);
        if (s->app->set.csv)
            tell_csv(s);
        else
            tell(s);
        if (html->app) kin_open_set_html(html, s);
    }
    free(room);
}

void kin_evaluate_open_set(kin_app *app, kin_html *html)
{
    kin_sitting s = {.app = app};
    kin_samples_find(app, app->arg[1], &s.samples);
    if (s.samples.people && kin_models_open(app, true, &s.models) == EXIT_DONE) {
        kin_samples_embed(app, &s.models, &s.samples);
        if (s.samples.told == s.samples.paths.count && s.samples.vector) run(&s, html);
    }
    kin_models_close(&s.models);
    kin_samples_free(&s.samples);
    free(s.side);
    free(s.enrolled);
    free(s.trial);
}
