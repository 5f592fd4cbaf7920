/* SPDX-License-Identifier: Apache-2.0
 *
 * kin doctor --html: the diagnosis with the faces beside it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/doctor.h"
#include "base/date.h"

enum { CASES = 60, PEOPLE = 200, FEW = 3, STRIP = 8, TITLE = 700 }; /* cards of a kind; people; faces of one in a card, in a strip */

typedef struct {
    kin_html            *h;
    kin_gallery         *home;
    const kin_diagnosis *d;
} report;

static bool missed(const report *r, const kin_face_finding *f)
{
    return !isnan(f->found) && (!((double)f->found >= r->d->now.threshold) || f->rival > f->found);
}

/* --- faces --- */

static void put_face(const report *r, const kin_face_finding *f, bool warn)
{
    char        what[TITLE];
    const char *slash = strrchr(f->photo, '/');
    snprintf(what, sizeof what, "%s: %s", r->d->person[f->person].name, f->photo);
    kin_html_put(r->h, "<figure class=\"face%s\">", warn ? " warn" : "");
    kin_html_face(r->h, r->home, f->face, what);
    kin_html_put(r->h, "<figcaption>%s", slash ? slash + 1 : f->photo);
    if (!isnan(f->own_agree)) kin_html_put(r->h, "<br/>%.2f", (double)f->own_agree);
    kin_html_put(r->h, "</figcaption></figure>\n");
}

/* The most like the rest first, what stands alone last. */
static int by_agreement(const void *a, const void *b)
{
    const kin_face_finding *x = *(const kin_face_finding *const *)a, *y = *(const kin_face_finding *const *)b;
    float                   fx = isnan(x->own_agree) ? -2 : x->own_agree, fy = isnan(y->own_agree) ? -2 : y->own_agree;
    return fx < fy ? 1 : fx > fy ? -1 : x < y ? -1 : x > y;
}

/* Up to `most` faces of a person but `but` (NULL: of all): the best, and if `worst` the last ones too. */
static void put_strip(const report *r, const kin_person_check *p, const kin_face_finding *but, size_t most, bool worst)
{
    const kin_face_finding **list = malloc((p->faces + 1) * sizeof *list);
    size_t                   count = 0;
    if (!list) return;
    for (size_t i = p->first; i < p->first + p->faces; i++)
        if (&r->d->face[i] != but) list[count++] = &r->d->face[i];
    qsort(list, count, sizeof *list, by_agreement);
    size_t left = count > most ? count - most : 0, head = worst && left ? most / 2 : most;
    kin_html_put(r->h, "<div class=\"strip\">");
    for (size_t i = 0; i < count; i++) {
        if (i == head && left && worst) kin_html_put(r->h, "<span class=\"more\">&#8230; %zu more &#8230;</span>", left);
        if (i == head && left) i += left;
        if (i < count && (worst || i < most)) put_face(r, list[i], worst && (missed(r, list[i]) || list[i]->label != KIN_LABEL_FITS));
    }
    kin_html_put(r->h, "</div>\n");
    free(list);
}

static void put_side(const report *r, const kin_person_check *p, const kin_face_finding *but, const char *words, double similarity)
{
    kin_html_put(r->h, "<div class=\"side\"><div>%s <bdi>%s</bdi>", words, p->name);
    if (!isnan(similarity)) kin_html_put(r->h, ": %.2f", similarity);
    kin_html_put(r->h, "</div>");
    put_strip(r, p, but, FEW, false);
    kin_html_put(r->h, "</div>\n");
}

static void put_single(const report *r, const kin_face_finding *f, const char *words, bool warn)
{
    kin_html_put(r->h, "<div class=\"side\"><div>%s</div><div class=\"strip\">", words);
    put_face(r, f, warn);
    kin_html_put(r->h, "</div></div>\n");
}

static void put_rest(const report *r, size_t count, size_t most)
{
    if (count > most) kin_html_put(r->h, "<p class=\"faint\">And %zu more (kin doctor --csv has all).</p>\n", count - most);
}

/* --- what to look at --- */

static void put_suspect(const report *r, const kin_face_finding *f)
{
    const kin_person_check *p = &r->d->person[f->person];
    bool                    halves = kin_two_halves(r->d, f), another = f->label == KIN_LABEL_ANOTHER;
    kin_html_put(r->h, "<div class=\"card\"><p>");
    if (another)
        kin_html_put(r->h, "Called <bdi>%s</bdi>, looks like <bdi>%s</bdi>: a wrong name?", p->name, r->d->person[f->nearest].name);
    else if (halves)
        kin_html_put(r->h, "The two photos of <bdi>%s</bdi> do not show one person.", p->name);
    else
        kin_html_put(r->h, "Called <bdi>%s</bdi>, unlike the others: somebody else, or a hard photo?", p->name);
    kin_html_put(r->h, "</p><p class=\"faint\"><code>%s</code></p><div class=\"sides\">\n", f->photo);
    put_single(r, f, "this photo", true);
    put_side(r, p, f, halves ? "the other of" : "others of", (double)f->own_agree);
    if (another) put_side(r, &r->d->person[f->nearest], NULL, "photos of", (double)f->other_agree);
    kin_html_put(r->h, "</div></div>\n");
}

static void put_suspects(const report *r)
{
    size_t                   count;
    const kin_face_finding **list = kin_suspects(r->d, &count);
    if (count)
        kin_html_put(r->h, "<h2>Look at these photos</h2><p>The number is the similarity to that person. Where the name is wrong: "
                           "<code>kin split NAME NEW PHOTO</code> gives the photo to NEW, <code>kin reject NAME PHOTO</code> takes it out and "
                           "never lets it in again. Where it is right, leave it.</p>\n");
    for (size_t i = 0; i < count && i < CASES; i++) put_suspect(r, list[i]);
    put_rest(r, count, CASES);
    free(list);
}

static void put_pairs(const report *r)
{
    const kin_diagnosis *d = r->d;
    if (d->pairs)
        kin_html_put(r->h, "<h2>One person under two names?</h2><p>Strangers are hardly ever so much alike; brothers and sisters may be. If they "
                           "are one: <code>kin merge NAME OTHER</code>.</p>\n");
    for (size_t i = 0; i < d->pairs && i < CASES; i++) {
        const kin_pair_check *pair = &d->pair[i];
        kin_html_put(r->h, "<div class=\"card\"><p><bdi>%s</bdi> and <bdi>%s</bdi>: similarity %.2f</p><div class=\"sides\">\n", d->person[pair->a].name,
                     d->person[pair->b].name, (double)pair->similarity);
        put_side(r, &d->person[pair->a], NULL, "photos of", (double)NAN);
        put_side(r, &d->person[pair->b], NULL, "photos of", (double)NAN);
        kin_html_put(r->h, "</div></div>\n");
    }
    put_rest(r, d->pairs, CASES);
}

/* Under two names first: one of them is wrong. */
static void put_twins(const report *r)
{
    const kin_diagnosis *d = r->d;
    size_t               count = 0;
    if (d->twins) kin_html_put(r->h, "<h2>The same picture twice</h2><p>A copy teaches nothing new; under two names one of them is wrong.</p>\n<div class=\"cards\">\n");
    for (int same = 0; same < 2; same++)
        for (size_t i = 0; i < d->faces; i++) {
            const kin_face_finding *f = &d->face[i];
            if (f->twin == KIN_NO_INDEX || (d->face[f->twin].person == f->person) != same || count++ >= CASES) continue;
            kin_html_put(r->h, "<div class=\"card\"><p><bdi>%s</bdi>", d->person[f->person].name);
            if (!same) kin_html_put(r->h, " and <bdi>%s</bdi> <span class=\"tag warn\">one name is wrong</span>", d->person[d->face[f->twin].person].name);
            kin_html_put(r->h, "</p><div class=\"strip\">");
            put_face(r, &d->face[f->twin], false);
            put_face(r, f, false);
            kin_html_put(r->h, "</div></div>\n");
        }
    if (d->twins) kin_html_put(r->h, "</div>\n");
    put_rest(r, d->twins, CASES);
}

/* --- what to expect --- */

static void put_rate_tile(const report *r, const kin_rate *rate, const char *words)
{
    char big[64] = "nothing to say", small[200];
    if (rate->of) snprintf(big, sizeof big, "%zu of %zu", rate->count, rate->of);
    snprintf(small, sizeof small, "%s (%.1f to %.1f %%)", words, 100 * rate->low, 100 * rate->high);
    kin_html_tile(r->h, rate->count ? "" : rate->of ? "good" : "", big, rate->of ? small : "a person needs two photos for that");
}

static void put_summary(const report *r)
{
    const kin_diagnosis *d = r->d;
    char                 big[64];
    size_t               wrong = 0, found;
    for (size_t i = 0; i < d->faces; i++) wrong += d->face[i].twin != KIN_NO_INDEX && d->face[d->face[i].twin].person != d->face[i].person;
    free(kin_suspects(d, &found));
    found += d->pairs + wrong;
    kin_html_put(r->h, "<div class=\"tiles\">\n");
    snprintf(big, sizeof big, found ? "%zu to look at" : "All is well", found);
    kin_html_tile(r->h, found ? "warn" : "good", big, found ? "photos that may have a wrong name, people under two names" : "no photo looks as if it had a wrong name");
    snprintf(big, sizeof big, "1 in %.0f", 1 / fmax(d->now.expected, 1e-9));
    kin_html_tile(r->h, "", d->now.expected > 0 ? big : "none", "strangers at most gets a name, by the model's card");
    put_rate_tile(r, &d->now.missed, "of their own photos would not get their name");
    put_rate_tile(r, &d->now.wrong, "would get another's name");
    kin_html_put(r->h, "</div>\n");
}

static void put_expectation(const report *r, const kin_expectation *e, double most)
{
    bool now = e->threshold == r->d->now.threshold;
    kin_html_put(r->h, "<tr><td>");
    if (isnan(e->fpir))
        kin_html_put(r->h, "the threshold given");
    else
        kin_html_put(r->h, "%g %% of strangers named", 100 * e->fpir);
    kin_html_put(r->h, "%s</td><td>%.3f</td><td>", now ? " (now)" : "", e->threshold);
    kin_html_rate(r->h, &e->missed, most);
    kin_html_put(r->h, "</td><td>");
    kin_html_rate(r->h, &e->wrong, most);
    kin_html_put(r->h, "</td><td>");
    kin_html_rate(r->h, &e->stranger, most);
    kin_html_put(r->h, "</td></tr>\n");
}

static void put_expected(const report *r)
{
    const kin_expectation *e[3] = {&r->d->strict, &r->d->usual, &r->d->now};
    int                    rows = e[2]->threshold == e[0]->threshold || e[2]->threshold == e[1]->threshold ? 2 : 3;
    double                 most = 0.01;
    size_t                 w = kin_weakest(r->d);
    for (int i = 0; i < rows; i++)
        for (int k = 0; k < 3; k++) {
            const kin_rate *rate = k == 0 ? &e[i]->missed : k == 1 ? &e[i]->wrong : &e[i]->stranger;
            if (rate->of) most = fmax(most, rate->high);
        }
    kin_html_put(r->h, "<h2>What to expect of these people</h2><p>Each photo in turn is left out and searched for. Between brackets, and as a bar "
                       "from 0 to %.0f&#160;%%: where the truth lies with 95&#160;%% certainty. Few photos say little.</p>\n<div class=\"scroll\"><table><tr><th>allowed"
                       "</th><th>named from</th><th>missed</th><th>another's name</th><th>somebody's name, their own person not enrolled</th></tr>\n",
                 100 * most);
    for (int i = 0; i < rows; i++) put_expectation(r, e[i], most);
    kin_html_put(r->h, "</table></div>\n");
    if (w == KIN_NO_INDEX) return;
    const kin_person_check *p = &r->d->person[w];
    kin_html_put(r->h, "<p>Weakest: <bdi>%s</bdi>, missed in %zu of %zu photos, which agree by %.2f.</p>\n", p->name, p->missed, p->faces,
                 (double)p->agree);
}

static void put_plots(const report *r)
{
    const kin_diagnosis *d = r->d;
    double              *own = malloc((d->faces + 1) * sizeof *own), *other = malloc((d->faces + 1) * sizeof *other);
    kin_dot             *dot = malloc((d->faces + 1) * sizeof *dot);
    size_t               owns = 0, others = 0, dots = 0;
    for (size_t i = 0; own && other && dot && i < d->faces; i++) {
        const kin_face_finding *f = &d->face[i];
        if (!isnan(f->found)) own[owns++] = (double)f->found;
        if (!isnan(f->rival)) other[others++] = (double)f->rival;
        if (isnan(f->found) || isnan(f->rival)) continue;
        const char *look = f->label != KIN_LABEL_FITS || ((double)f->rival >= d->now.threshold && f->rival > f->found) ? "warn"
                           : missed(r, f)                                                                           ? "other"
                                                                                                                    : "own";
        dot[dots++] = (kin_dot){(double)f->found, (double)f->rival, look, d->person[f->person].name, f->photo};
    }
    if (dots) {
        const kin_series    series[2] = {{"to the own person", "own", own, owns, owns}, {"to the nearest other person", "other", other, others, others}};
        const kin_mark_line mark = {d->now.threshold, "threshold"};
        kin_html_put(r->h, "<h2>How far people stand apart</h2><p>Similarity of each photo, left out of the gallery. Names are given from the "
                           "threshold on: the better the two hills are parted by it, the better.</p>\n");
        kin_html_hills(r->h, series, 2, &mark, 1);
        kin_html_put(r->h, "<p>Each dot is a photo (point at it for its name). Good ones lie on the right and low: like their own person, unlike others.</p>\n");
        kin_html_dots(r->h, dot, dots, d->now.threshold);
    }
    free(own);
    free(other);
    free(dot);
}

/* --- people --- */

static double weakness(const kin_person_check *p)
{
    if (p->faces < 2 || isnan(p->agree)) return p->ignored ? -2 : -1 + 1.0 / (double)(p->faces + 1);
    return (double)p->missed / (double)p->faces + (1 - (double)p->agree) / 1000 + (double)p->suspected / (double)p->faces;
}

static int weaker(const void *a, const void *b)
{
    const kin_person_check *x = *(const kin_person_check *const *)a, *y = *(const kin_person_check *const *)b;
    double                  d = weakness(y) - weakness(x);
    return d > 0 ? 1 : d < 0 ? -1 : x < y ? -1 : x > y;
}

static void put_person(const report *r, const kin_person_check *p)
{
    kin_html_put(r->h, "<div class=\"card\"><p><bdi>%s</bdi> <span class=\"faint\">%zu photo%s", p->name, p->faces, p->faces == 1 ? "" : "s");
    if (!isnan(p->agree)) kin_html_put(r->h, ", they agree by %.2f", (double)p->agree);
    kin_html_put(r->h, "</span>");
    if (p->missed) kin_html_put(r->h, "<span class=\"tag warn\">missed in %zu</span>", p->missed);
    if (p->suspected) kin_html_put(r->h, "<span class=\"tag warn\">%zu to look at</span>", p->suspected);
    if (p->ignored) kin_html_put(r->h, "<span class=\"tag\">ignored</span>");
    kin_html_put(r->h, "</p>\n");
    put_strip(r, p, NULL, STRIP, true);
    if (p->needs) kin_html_put(r->h, "<p class=\"faint\">Would help: ");
    for (size_t k = 0, said = 0; k < KIN_NEEDS; k++)
        if (p->needs & kin_needs[k].need) kin_html_put(r->h, "%s%s", said++ ? "; " : "", kin_needs[k].advice);
    kin_html_put(r->h, p->needs ? ".</p></div>\n" : "</div>\n");
}

static void put_people(const report *r)
{
    const kin_person_check **list = malloc((r->d->people + 1) * sizeof *list);
    size_t                   count = 0;
    if (!list) return;
    for (size_t i = 0; i < r->d->people; i++)
        if (r->d->person[i].faces) list[count++] = &r->d->person[i];
    qsort(list, count, sizeof *list, weaker);
    kin_html_put(r->h, "<h2>Everybody, the weakest first</h2><p>Photos from the one most like the rest to the least; the number is that likeness. "
                       "Framed in red: would be missed, or looks wrong.</p>\n");
    for (size_t i = 0; i < count && i < PEOPLE; i++) put_person(r, list[i]);
    put_rest(r, count, PEOPLE);
    free(list);
}

/* --- all --- */

static void put_expired(const report *r)
{
    kin_people people;
    if (!r->home || kin_gallery_expired(r->home, 0, &people) != KIN_OK) return;
    if (people.count) kin_html_put(r->h, "<p>Consent is over:");
    for (size_t i = 0; i < people.count; i++) {
        char date[KIN_DATE_BYTES];
        kin_html_put(r->h, "%s <bdi>%s</bdi> (%s)", i ? "," : "", people.person[i].name, kin_date_write(people.person[i].until, date, sizeof date));
    }
    if (people.count) kin_html_put(r->h, ". <code>kin person NAME --until DATE</code>, or <code>kin forget --expired</code>.</p>\n");
    kin_people_free(&people);
}

void kin_doctor_html(kin_html *h, kin_gallery *home, const kin_diagnosis *d, const kin_embedder *embedder)
{
    const report r = {h, home, d};
    kin_html_head(h, "Doctor's report");
    if (d->people)
        kin_html_put(h, "<p class=\"faint\">%zu people, %zu faces in <code>%s</code></p>\n", d->people, d->faces, kin_gallery_path(home));
    else
        kin_html_put(h, "<p>Nobody is known yet: <code>kin enroll NAME PHOTO...</code></p>\n");
    if (d->untaught)
        kin_html_put(h, "<p>%zu people were not taught with this model, and are not in this report: <code>kin gallery upgrade</code>.</p>\n", d->untaught);
    put_expired(&r);
    if (d->faces) {
        put_summary(&r);
        put_suspects(&r);
        put_pairs(&r);
        put_twins(&r);
        put_expected(&r);
        put_plots(&r);
        put_people(&r);
    }
    kin_html_foot(h, embedder);
}
