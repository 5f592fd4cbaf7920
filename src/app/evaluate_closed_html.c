/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate CLASSIFIER DIR --html: how often it is right, who is taken for whom, the worst mistakes.
 */
#include <stdlib.h>
#include <string.h>

#include "app/evaluate_closed.h"
#include "gallery/trial.h"

enum { ROWS = 30 }; /* lines of a list */

/* So many photos of `truth` were called `said`, a folder's name; `said` the number of folders: something else. */
typedef struct {
    size_t truth, said, count;
} cell;

static size_t folder_of(const kin_samples *s, const char *label)
{
    size_t i = 0;
    while (i < s->people && strcmp(s->name[i], label) != 0) i++;
    return i;
}

static int by_place(const void *a, const void *b)
{
    const cell *x = a, *y = b;
    return x->truth != y->truth ? (x->truth < y->truth ? -1 : 1) : x->said != y->said ? (x->said < y->said ? -1 : 1) : 0;
}

static int by_count(const void *a, const void *b)
{
    const cell *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : by_place(a, b);
}

/* Who was called what, by place; *cells of them. NULL: no memory. */
static cell *confusion(const kin_tally *t, size_t *cells)
{
    const kin_samples *s = &t->samples;
    cell              *list = malloc((s->paths.count + 1) * sizeof *list);
    size_t             count = 0;
    for (size_t i = 0; list && i < s->paths.count; i++) {
        const kin_verdict *v = &t->verdict[i];
        if (v->rank) list[count++] = (cell){s->person[i], folder_of(s, v->said), 1};
    }
    if (list) qsort(list, count, sizeof *list, by_place);
    *cells = 0;
    for (size_t i = 0; list && i < count; i++) {
        if (*cells && by_place(&list[*cells - 1], &list[i]) == 0)
            list[*cells - 1].count++;
        else
            list[(*cells)++] = list[i];
    }
    return list;
}

static void put_matrix(kin_html *h, const kin_samples *s, const cell *list, size_t cells)
{
    size_t count[KIN_MATRIX_MOST * (KIN_MATRIX_MOST + 1)] = {0}, columns = s->people + 1;
    if (s->people > KIN_MATRIX_MOST) return;
    for (size_t i = 0; i < cells; i++) count[list[i].truth * columns + list[i].said] = list[i].count;
    kin_html_matrix(h, (const char *const *)s->name, s->people, "another label", count, "photos");
}

static void put_confusions(kin_html *h, const kin_samples *s, cell *list, size_t cells)
{
    size_t rows = 0;
    qsort(list, cells, sizeof *list, by_count);
    for (size_t i = 0; i < cells && rows < ROWS; i++) {
        if (list[i].truth == list[i].said) continue;
        if (!rows++) kin_html_put(h, "<h2>The most frequent mistakes</h2>\n<table><tr><th>folder</th><th>called</th><th class=\"n\">photos</th></tr>\n");
        kin_html_put(h, "<tr><td><bdi>%s</bdi></td><td><bdi>%s</bdi></td><td class=\"n\">%zu</td></tr>\n", s->name[list[i].truth],
                     list[i].said < s->people ? s->name[list[i].said] : "another label", list[i].count);
    }
    if (rows) kin_html_put(h, "</table>\n");
}

typedef struct {
    size_t   person;
    kin_rate right;
} known;

static int worse_known(const void *a, const void *b)
{
    const known *x = a, *y = b;
    double       px = (double)x->right.count / (double)x->right.of, py = (double)y->right.count / (double)y->right.of;
    return px != py ? (px < py ? -1 : 1) : x->person < y->person ? -1 : x->person > y->person;
}

static void put_people(kin_html *h, const kin_tally *t)
{
    known *list = malloc((t->samples.people + 1) * sizeof *list);
    size_t count = 0;
    for (size_t p = 0; list && p < t->samples.people; p++)
        if (t->photos[p]) list[count++] = (known){p, kin_rate_of(t->right[p], t->photos[p])};
    if (count) {
        qsort(list, count, sizeof *list, worse_known);
        kin_html_put(h, "<h2>How well each is known, the worst first</h2>\n<table><tr><th>folder</th><th>the likeliest label is right</th></tr>\n");
        for (size_t i = 0; i < count && i < ROWS; i++) {
            kin_html_put(h, "<tr><td><bdi>%s</bdi></td><td>", t->samples.name[list[i].person]);
            kin_html_rate(h, &list[i].right, 1);
            kin_html_put(h, "</td></tr>\n");
        }
        kin_html_put(h, "</table>\n");
        if (count > ROWS) kin_html_put(h, "<p class=\"faint\">And %zu more (--json has all).</p>\n", count - ROWS);
    }
    free(list);
}

/* The surest first. */
static int surer(const void *a, const void *b)
{
    const kin_verdict *x = *(const kin_verdict *const *)a, *y = *(const kin_verdict *const *)b;
    return x->probability < y->probability ? 1 : x->probability > y->probability ? -1 : x < y ? -1 : x > y;
}

static void put_mistakes(kin_html *h, const kin_tally *t)
{
    const kin_samples  *s = &t->samples;
    const kin_verdict **list = malloc((s->paths.count + 1) * sizeof *list);
    size_t              count = 0;
    for (size_t i = 0; list && i < s->paths.count; i++)
        if (t->verdict[i].rank > 1) list[count++] = &t->verdict[i];
    if (list) qsort(list, count, sizeof *list, surer);
    kin_html_put(h, "<h2>Called wrongly, the surest first: %zu</h2>\n", count);
    if (count) kin_html_put(h, "<p>Beside it a photo of who was named, where there is a folder of that name.</p>\n");
    kin_html_put(h, "<div class=\"cards\">\n");
    for (size_t i = 0; i < count && i < KIN_WORST; i++) {
        size_t photo = (size_t)(list[i] - t->verdict), said = folder_of(s, list[i]->said), other = 0;
        char   what[2 * sizeof list[i]->said + 80];
        snprintf(what, sizeof what, "%.300s, called %s (%.2f); the right label comes as number %zu", s->name[s->person[photo]], list[i]->said,
                 (double)list[i]->probability, list[i]->rank);
        while (other < s->paths.count && !(s->person[other] == said && t->verdict[other].said[0])) other++;
        kin_html_mistake(h, s, what, photo, other < s->paths.count ? other : KIN_NO_INDEX);
    }
    kin_html_put(h, "</div>\n");
    free(list);
}

static void put_tile(kin_html *h, size_t count, size_t of, const char *words)
{
    char     big[64] = "nothing", small[160];
    kin_rate rate = kin_rate_of(count, of);
    if (of) snprintf(big, sizeof big, "%.1f %%", 100 * (double)count / (double)of);
    snprintf(small, sizeof small, "%s: %zu of %zu (%.1f to %.1f %%)", words, count, of, 100 * rate.low, 100 * rate.high);
    kin_html_tile(h, "", big, small);
}

void kin_closed_set_html(kin_html *h, const kin_tally *t)
{
    size_t cells;
    cell  *list = confusion(t, &cells);
    kin_html_head(h, "A classifier's answers");
    kin_html_put(h, "<p class=\"faint\">%zu photos below <code>%s</code>: %zu without a face (not recognized), %zu in folders that are no label (left "
                    "out).</p>\n<div class=\"tiles\">\n", t->samples.paths.count, h->app->arg[1], t->faceless, t->foreign);
    put_tile(h, t->first, t->of, "the likeliest label is right");
    put_tile(h, t->few, t->of, "one of the first five is");
    kin_html_put(h, "</div>\n");
    if (list) put_matrix(h, &t->samples, list, cells);
    if (list) put_confusions(h, &t->samples, list, cells);
    put_people(h, t);
    put_mistakes(h, t);
    kin_html_foot(h, NULL);
    free(list);
}
