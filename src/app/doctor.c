/* SPDX-License-Identifier: Apache-2.0
 *
 * kin doctor: what is wrong with the gallery, what error to expect of it, what to add.
 */
#include "app/doctor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/gallery.h"
#include "gallery/gallery.h"

enum { LINES = 20, SHOWN = 300 }; /* lines of a kind in text; bytes of a foreign text */

static const char *const label_name[] = {"fits", "another", "unlike"};

const kin_need kin_needs[KIN_NEEDS] = {
    {KIN_NEED_MORE, "more", "add photos until there are three good ones"},
    {KIN_NEED_TURNED, "turned", "all look into the camera: add one turned to the side"},
    {KIN_NEED_SHARPER, "sharper", "none is sharp: add a sharp one"},
    {KIN_NEED_VARIETY, "variety", "all are much alike: add one of another day, in other light"},
};

/* --- text --- */

/* The foreign text fit for a terminal; a few may be in use at once. */
static const char *show(const char *text)
{
    static char     out[4][SHOWN];
    static unsigned next;
    char           *place = out[next++ % 4];
    return kin_shown(text, place, SHOWN);
}

/* Wrong names first, the clearest first. */
static double urgency(const kin_face_finding *f)
{
    double gap = (double)(f->other_agree - f->own_agree);
    return f->label == KIN_LABEL_ANOTHER ? 10 + gap : f->label == KIN_LABEL_UNLIKE ? 5 - (double)f->own_agree : 0;
}

static int more_urgent(const void *a, const void *b)
{
    const kin_face_finding *x = *(const kin_face_finding *const *)a, *y = *(const kin_face_finding *const *)b;
    double                d = urgency(y) - urgency(x);
    return d > 0 ? 1 : d < 0 ? -1 : x < y ? -1 : x > y;
}

bool kin_two_halves(const kin_diagnosis *d, const kin_face_finding *f)
{
    const kin_person_check *p = &d->person[f->person];
    return p->faces == 2 && d->face[p->first].label == KIN_LABEL_UNLIKE &&
           d->face[p->first + 1].label == KIN_LABEL_UNLIKE;
}

static void put_label(const kin_diagnosis *d, const kin_face_finding *f)
{
    const kin_person_check *p = &d->person[f->person];
    if (f->label == KIN_LABEL_ANOTHER)
        printf("  %s, %s: looks like %s (%.2f, like %s's others %.2f): a wrong name?\n", show(p->name), show(f->photo),
               show(d->person[f->nearest].name), (double)f->other_agree, show(p->name), (double)f->own_agree);
    else if (kin_two_halves(d, f))
        printf("  %s: %s and %s do not show one person (%.2f)\n", show(p->name), show(f->photo),
               show(d->face[p->first + 1].photo), (double)f->own_agree);
    else
        printf("  %s, %s: unlike the others (%.2f): somebody else, or a hard photo?\n", show(p->name), show(f->photo),
               (double)f->own_agree);
}

static void put_rest(size_t count)
{
    if (count > LINES) printf("  and %zu more (--csv has all)\n", count - LINES);
}

const kin_face_finding **kin_suspects(const kin_diagnosis *d, size_t *count)
{
    const kin_face_finding **list = malloc((d->suspected + 1) * sizeof *list);
    *count = 0;
    for (size_t i = 0; list && i < d->faces; i++) {
        const kin_face_finding *f = &d->face[i];
        if (f->label != KIN_LABEL_FITS && !(kin_two_halves(d, f) && i != d->person[f->person].first)) list[(*count)++] = f;
    }
    if (list) qsort(list, *count, sizeof *list, more_urgent);
    return list;
}

static void put_labels(const kin_diagnosis *d)
{
    size_t                   count;
    const kin_face_finding **list = kin_suspects(d, &count);
    if (!list) return;
    if (count) printf("\nlook at these photos\n");
    for (size_t i = 0; i < count && i < LINES; i++) put_label(d, list[i]);
    put_rest(count);
    free(list);
}

static void put_pairs(const kin_diagnosis *d)
{
    if (d->pairs) printf("\none person under two names?\n");
    for (size_t i = 0; i < d->pairs && i < LINES; i++)
        printf("  %s and %s (%.2f)\n", show(d->person[d->pair[i].a].name), show(d->person[d->pair[i].b].name),
               (double)d->pair[i].similarity);
    put_rest(d->pairs);
}

static void put_twins(const kin_diagnosis *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->faces; i++) {
        const kin_face_finding *f = &d->face[i], *twin;
        if (f->twin == KIN_NO_INDEX) continue;
        if (!count++) printf("\nthe same picture twice\n");
        if (count > LINES) continue;
        twin = &d->face[f->twin];
        printf("  %s, %s: as %s", show(d->person[f->person].name), show(f->photo), show(twin->photo));
        if (twin->person != f->person) printf(" of %s: one name is wrong", show(d->person[twin->person].name));
        putchar('\n');
    }
    put_rest(count);
}

static void put_needs(const kin_diagnosis *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->people; i++) {
        const kin_person_check *p = &d->person[i];
        if (!p->needs) continue;
        if (!count++) printf("\nwould help\n");
        if (count > LINES) continue;
        printf("  %s, %zu photo%s: ", show(p->name), p->faces, p->faces == 1 ? "" : "s");
        for (size_t k = 0, said = 0; k < KIN_NEEDS; k++)
            if (p->needs & kin_needs[k].need) printf("%s%s", said++ ? "; " : "", kin_needs[k].advice);
        putchar('\n');
    }
    put_rest(count);
}

static void put_rate(const char *what, const kin_rate *r)
{
    if (r->of)
        printf(", %s %zu of %zu (%.1f to %.1f %%)", what, r->count, r->of, 100 * r->low, 100 * r->high);
}

static void put_expectation(const kin_expectation *e)
{
    printf("  FPIR %.1f %%, from %.3f", 100 * e->fpir, e->threshold);
    put_rate("missed", &e->missed);
    put_rate("another's name", &e->wrong);
    printf("\n");
}

size_t kin_weakest(const kin_diagnosis *d)
{
    size_t worst = KIN_NO_INDEX;
    for (size_t i = 0; i < d->people; i++) {
        const kin_person_check *p = &d->person[i], *w = worst == KIN_NO_INDEX ? NULL : &d->person[worst];
        if (p->faces < 2 || isnan(p->agree)) continue;
        double mine = (double)p->missed / (double)p->faces, its = w ? (double)w->missed / (double)w->faces : -1;
        if (mine > its || (mine == its && p->agree < w->agree)) worst = i;
    }
    return worst;
}

static void put_expected(const kin_diagnosis *d)
{
    size_t w = kin_weakest(d);
    printf("\nwhat to expect of these people, each photo in turn left out and searched for\n");
    printf("  a name from similarity %.3f on: at most 1 stranger in %.0f gets one, by the model's card\n",
           d->now.threshold, 1 / fmax(d->now.expected, 1e-9));
    if (d->now.stranger.of) {
        const kin_rate *r = &d->now.stranger;
        printf("  without their own person %zu of %zu photos would get somebody's name (%.1f to %.1f %%)\n", r->count,
               r->of, 100 * r->low, 100 * r->high);
    }
    put_expectation(&d->strict);
    put_expectation(&d->usual);
    if (w == KIN_NO_INDEX) return;
    const kin_person_check *p = &d->person[w];
    printf("  weakest: %s, missed in %zu of %zu photos, they agree by %.2f\n", show(p->name), p->missed, p->faces,
           (double)p->agree);
}

static void tell_text(const kin_diagnosis *d)
{
    printf("%zu people, %zu faces\n", d->people, d->faces);
    put_labels(d);
    put_pairs(d);
    put_twins(d);
    put_needs(d);
    if (d->faces) put_expected(d);
}

/* --- JSON, CSV --- */

static json_t *expectation_json(const kin_expectation *e)
{
    json_t *out = json_object();
    json_object_set_new(out, "fpir", kin_json_number(e->fpir, 1e-6));
    json_object_set_new(out, "threshold", kin_json_number(e->threshold, 0.001));
    json_object_set_new(out, "expected", json_real(kin_round_rate(e->expected)));
    json_object_set_new(out, "missed", kin_rate_json(&e->missed));
    json_object_set_new(out, "wrong", kin_rate_json(&e->wrong));
    json_object_set_new(out, "stranger", kin_rate_json(&e->stranger));
    return out;
}

static json_t *face_json(const kin_diagnosis *d, const kin_face_finding *f)
{
    json_t *out = json_object(), *quality = json_object();
    json_object_set_new(quality, "size_px", kin_json_number(f->quality.size_px, 0.1));
    json_object_set_new(quality, "sharpness", kin_json_number(f->quality.sharpness, 0.01));
    json_object_set_new(quality, "yaw", kin_json_number(f->quality.yaw, 0.1));
    json_object_set_new(quality, "pitch", kin_json_number(f->quality.pitch, 0.1));
    json_object_set_new(quality, "roll", kin_json_number(f->quality.roll, 0.1));
    json_object_set_new(out, "face", json_integer((json_int_t)f->face));
    json_object_set_new(out, "photo", kin_json_text(f->photo));
    json_object_set_new(out, "quality", quality);
    json_object_set_new(out, "own", kin_json_number(f->own, 0.001));
    json_object_set_new(out, "other", kin_json_number(f->other, 0.001));
    json_object_set_new(out, "own_agree", kin_json_number(f->own_agree, 0.001));
    json_object_set_new(out, "other_agree", kin_json_number(f->other_agree, 0.001));
    bool alone = f->nearest == KIN_NO_INDEX, new = f->twin == KIN_NO_INDEX;
    json_object_set_new(out, "nearest", alone ? json_null() : kin_json_text(d->person[f->nearest].name));
    json_object_set_new(out, "label", json_string(label_name[f->label]));
    json_object_set_new(out, "twin", new ? json_null() : json_integer((json_int_t)d->face[f->twin].face));
    return out;
}

static json_t *person_json(const kin_diagnosis *d, const kin_person_check *p)
{
    json_t *out = json_object(), *faces = json_array(), *list = json_array();
    for (size_t k = 0; k < KIN_NEEDS; k++)
        if (p->needs & kin_needs[k].need) json_array_append_new(list, json_string(kin_needs[k].name));
    for (size_t i = p->first; i < p->first + p->faces; i++) json_array_append_new(faces, face_json(d, &d->face[i]));
    json_object_set_new(out, "name", kin_json_text(p->name));
    json_object_set_new(out, "agree", kin_json_number(p->agree, 0.001));
    json_object_set_new(out, "missed", json_integer((json_int_t)p->missed));
    json_object_set_new(out, "suspected", json_integer((json_int_t)p->suspected));
    json_object_set_new(out, "needs", list);
    json_object_set_new(out, "faces", faces);
    return out;
}

static void tell_json(kin_app *app, const kin_diagnosis *d)
{
    json_t *out = json_object(), *people = json_array(), *pairs = json_array();
    for (size_t i = 0; i < d->people; i++) json_array_append_new(people, person_json(d, &d->person[i]));
    for (size_t i = 0; i < d->pairs; i++) {
        json_t *pair = json_object(), *names = json_array();
        json_array_append_new(names, kin_json_text(d->person[d->pair[i].a].name));
        json_array_append_new(names, kin_json_text(d->person[d->pair[i].b].name));
        json_object_set_new(pair, "names", names);
        json_object_set_new(pair, "similarity", kin_json_number(d->pair[i].similarity, 0.001));
        json_array_append_new(pairs, pair);
    }
    json_object_set_new(out, "now", expectation_json(&d->now));
    json_object_set_new(out, "fpir_0.003", expectation_json(&d->strict));
    json_object_set_new(out, "fpir_0.01", expectation_json(&d->usual));
    json_object_set_new(out, "pairs", pairs);
    json_object_set_new(out, "people", people);
    kin_json_print(app, out);
}

static void tell_csv(const kin_diagnosis *d)
{
    puts("name,face,photo,size_px,sharpness,yaw,pitch,roll,own,other,own_agree,other_agree,nearest,label,twin");
    for (size_t i = 0; i < d->faces; i++) {
        const kin_face_finding *f = &d->face[i];
        kin_csv_text(d->person[f->person].name, true);
        printf(",%lld", (long long)f->face);
        kin_csv_text(f->photo, false);
        kin_csv_number(f->quality.size_px, 0.1, false);
        kin_csv_number(f->quality.sharpness, 0.01, false);
        kin_csv_number(f->quality.yaw, 0.1, false);
        kin_csv_number(f->quality.pitch, 0.1, false);
        kin_csv_number(f->quality.roll, 0.1, false);
        kin_csv_number(f->own, 0.001, false);
        kin_csv_number(f->other, 0.001, false);
        kin_csv_number(f->own_agree, 0.001, false);
        kin_csv_number(f->other_agree, 0.001, false);
        kin_csv_text(f->nearest == KIN_NO_INDEX ? "" : d->person[f->nearest].name, false);
        kin_csv_text(label_name[f->label], false);
        if (f->twin == KIN_NO_INDEX)
            puts(",");
        else
            printf(",%lld\n", (long long)d->face[f->twin].face);
    }
}

/* --- the verb --- */

/* Whether somebody has to do something; a picture twice under one name harms nobody, advice is advice. */
static bool ill(const kin_diagnosis *d)
{
    bool found = d->suspected || d->pairs || d->untaught;
    for (size_t i = 0; i < d->faces; i++)
        found = found || (d->face[i].twin != KIN_NO_INDEX && d->face[d->face[i].twin].person != d->face[i].person);
    for (size_t i = 0; i < d->people; i++) found = found || d->person[i].needs & KIN_NEED_MORE;
    return found;
}

static void tell(kin_app *app, const kin_diagnosis *d)
{
    if (app->set.json)
        tell_json(app, d);
    else if (app->set.csv)
        tell_csv(d);
    else if (d->people)
        tell_text(d);
    else
        puts("nobody is known yet: kin enroll NAME PHOTO...");
    if (d->untaught && !app->set.quiet)
        kin_say("%zu of %zu people were not taught with this model: kin gallery upgrade%s%s", d->untaught, d->people,
                app->set.model ? " -m " : "", app->set.model ? app->set.model : "");
    if (!d->people || ill(d)) kin_raise(app, EXIT_NO);
}

static void examine(kin_app *app, kin_gallery *home, kin_embedder *embedder, kin_html *html)
{
    kin_diagnosis d = {0};
    kin_status    status = home ? kin_gallery_set_decision(home, app->set.fpir, app->set.threshold) : KIN_OK;
    bool          frozen = false;
    if (status == KIN_OK && home && html->app) { /* the pictures are looked at later than the vectors */
        status = kin_gallery_freeze(home);
        frozen = status == KIN_OK;
    }
    if (status == KIN_OK && home) status = kin_diagnose(home, embedder, &d);
    if (status == KIN_OK) {
        tell(app, &d);
        if (home && kin_home_warn(app, home)) kin_raise(app, EXIT_NO);
        if (html->app) kin_doctor_html(html, home, &d, embedder);
    } else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    if (frozen) kin_gallery_thaw(home);
    kin_html_end(html);
    kin_diagnosis_free(&d);
}

int kin_verb_doctor(kin_app *app)
{
    kin_gallery  *home;
    kin_embedder *embedder = NULL;
    kin_html      html;
    if (kin_home_open(app, false, &home) != EXIT_DONE) return app->exit;
    kin_status status = kin_embedder_open(app->ctx, app->set.model, &embedder);
    if (status != KIN_OK)
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    else if (kin_html_begin(app, &html) == EXIT_DONE)
        examine(app, home, embedder, &html);
    kin_embedder_free(embedder);
    kin_gallery_free(home);
    return app->exit;
}
