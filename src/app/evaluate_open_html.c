/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate EMBEDDER DIR --html: rates, what a threshold costs, the worst mistakes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/evaluate_open.h"

static void put_rates(kin_html *h, const kin_sitting *s)
{
    double most = 0.01;
    for (int i = 0; i < KIN_RATES * kin_ways(s); i++) {
        const kin_outcome *o = &s->result[i % KIN_RATES][i / KIN_RATES];
        most = fmax(most, fmax(o->missed.high, fmax(o->named.high, o->wrong.high)));
    }
    kin_html_put(h, "<h2>Who is missed, who is named wrongly</h2><p>FPIR is the part of strangers that may get a name. Between brackets, and as a bar "
                    "from 0 to %.0f&#160;%%: 95&#160;%% intervals.</p>\n<div class=\"scroll\"><table><tr><th>threshold</th><th>from</th><th>missed (FNIR)"
                    "</th><th>strangers named</th><th>another's name</th></tr>\n", 100 * most);
    for (int f = 0; f < KIN_RATES; f++)
        for (int k = 0; k < kin_ways(s); k++) {
            const kin_outcome *o = &s->result[f][k];
            kin_html_put(h, "<tr><td>FPIR %g %%, by %s</td><td>%.3f", 100 * kin_fpirs[f], kin_way_words[k], o->threshold[0]);
            if (o->threshold[0] != o->threshold[1]) kin_html_put(h, ", %.3f", o->threshold[1]);
            kin_html_put(h, "</td><td>");
            kin_html_rate(h, &o->missed, most);
            kin_html_put(h, "</td><td>");
            kin_html_rate(h, &o->named, most);
            kin_html_put(h, "</td><td>");
            kin_html_rate(h, &o->wrong, most);
            kin_html_put(h, "</td></tr>\n");
        }
    kin_html_put(h, "</table></div>\n");
    for (int f = 0; f < KIN_RATES; f++)
        if (kin_fpirs[f] * (double)s->strangers < 1)
            kin_html_put(h, "<p>%zu strangers are too few to measure %g %%.</p>\n", s->strangers, 100 * kin_fpirs[f]);
}

static void put_plots(kin_html *h, const kin_sitting *s)
{
    kin_series own = {.name = "their own person, where that is the nearest", .look = "own", .of = s->probes};
    kin_series other = {.name = "strangers, to whoever is nearest", .look = "other", .of = s->strangers};
    double    *near = malloc((s->trials + 1) * sizeof *near), *far = malloc((s->trials + 1) * sizeof *far);
    for (size_t i = 0; near && far && i < s->trials; i++) {
        const kin_trial *t = &s->trial[i];
        if (!s->samples.seen[t->photo]) continue;
        if (t->stranger) far[other.count++] = t->similarity;
        if (!t->stranger && t->hit) near[own.count++] = t->similarity;
    }
    own.value = near, other.value = far;
    const kin_mark_line marks[3] = {{s->result[1][KIN_MEASURED].threshold[0], "FPIR 1 % measured:"},
                                    {s->threshold[0][1], "by the card:"},
                                    {s->threshold[1][1], NULL}};
    kin_html_put(h, "<h2>How alike they are</h2>\n");
    kin_html_hills(h, &(kin_series[2]){own, other}[0], 2, marks, 3);
    kin_html_put(h, "<h2>What a threshold costs</h2><p>The higher it is, the fewer strangers get a name and the more people are missed.</p>\n");
    own.name = "missed", other.name = "strangers named";
    kin_html_costs(h, &own, &other, marks, 3);
    free(near);
    free(far);
}

/* Nearest to somebody else first, the most alike; then nearest to themselves, the least alike. */
static int worse(const void *a, const void *b)
{
    const kin_trial *x = *(const kin_trial *const *)a, *y = *(const kin_trial *const *)b;
    double       dx = x->hit ? x->similarity : -x->similarity, dy = y->hit ? y->similarity : -y->similarity;
    return x->hit != y->hit ? (x->hit ? 1 : -1) : dx < dy ? -1 : dx > dy ? 1 : x < y ? -1 : x > y;
}

/* What goes wrong at FPIR 1 %, by the card where it has a table. */
static void put_mistakes(kin_html *h, const kin_sitting *s, bool strangers)
{
    const double *threshold = s->result[1][kin_ways(s) - 1].threshold;
    const kin_trial **list = malloc((s->trials + 1) * sizeof *list);
    size_t        found = 0;
    for (size_t i = 0; list && i < s->trials; i++) {
        const kin_trial *t = &s->trial[i];
        bool         told = t->similarity >= threshold[t->side];
        if (t->stranger == strangers && (strangers ? told : !(told && t->hit))) list[found++] = t;
    }
    if (list) qsort(list, found, sizeof *list, worse);
    kin_html_put(h, strangers ? "<h2>Strangers who get a name at FPIR 1 %%: %zu</h2>\n<div class=\"cards\">"
                              : "<h2>People who are missed at FPIR 1 %%: %zu</h2>\n<div class=\"cards\">", found);
    for (size_t i = 0; i < found && i < KIN_WORST; i++) {
        const kin_trial *t = list[i];
        const char  *own = s->samples.name[s->samples.person[t->photo]];
        char         what[2 * KIN_NAME_MAX + 80];
        size_t       other = 0;
        if (t->nearest == KIN_NO_INDEX)
            snprintf(what, sizeof what, "%s: no face found", own);
        else
            snprintf(what, sizeof what, "%s, nearest to %s (%.3f)", own, s->samples.name[t->nearest], t->similarity);
        while (other < s->samples.paths.count && !(s->enrolled[other] && s->samples.person[other] == t->nearest)) other++;
        kin_html_mistake(h, &s->samples, what, t->photo, t->nearest == KIN_NO_INDEX ? KIN_NO_INDEX : other);
    }
    kin_html_put(h, "</div>\n");
    free(list);
}

void kin_open_set_html(kin_html *h, const kin_sitting *s)
{
    const kin_outcome *o = &s->result[1][kin_ways(s) - 1];
    char           big[64];
    kin_html_head(h, "People and strangers");
    kin_html_put(h, "<p class=\"faint\">%zu people, %zu photos below <code>%s</code>, %zu without a face. Two galleries, half of the people in each, taught "
                    "with %zu photos; asked %zu of their others, %zu of strangers; drawn by --seed %zu.</p>\n",
                 s->samples.people, s->samples.paths.count, s->app->arg[1], s->samples.faceless, s->taught, s->probes, s->strangers,
                 (size_t)s->app->set.seed);
    kin_html_put(h, "<div class=\"tiles\">\n");
    snprintf(big, sizeof big, "%.1f %%", 100 * (double)o->missed.count / (double)o->missed.of);
    kin_html_tile(h, "", big, "of the photos of known people are missed (FNIR)");
    snprintf(big, sizeof big, "%.2f %%", 100 * (double)o->named.count / (double)o->named.of);
    kin_html_tile(h, "", big, "of the strangers' photos get a name (FPIR)");
    snprintf(big, sizeof big, "%zu of %zu", o->wrong.count, o->wrong.of);
    kin_html_tile(h, o->wrong.count ? "" : "good", big, "photos of known people get another's name");
    snprintf(big, sizeof big, "%.3f", o->threshold[0]);
    kin_html_tile(h, "", big, kin_ways(s) == KIN_WAYS ? "is the similarity from which on kin names, for FPIR 1 %" : "is the similarity that names 1 % of these strangers");
    kin_html_put(h, "</div>\n");
    put_rates(h, s);
    put_plots(h, s);
    put_mistakes(h, s, true);
    put_mistakes(h, s, false);
    kin_html_foot(h, s->models.embedder);
}
