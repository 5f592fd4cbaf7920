/* SPDX-License-Identifier: Apache-2.0
 *
 * kin train --html: how it went, epoch by epoch, and who is taken for whom.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/train.h"
#include "gallery/trial.h"

static void put_tiles(const kin_train *t, kin_html *h)
{
    char big[64], words[160];
    kin_html_put(h, "<div class=\"tiles\">\n");
    if (t->taught.confusion) {
        snprintf(big, sizeof big, "%.1f %%", 100 * t->last.validation);
        snprintf(words, sizeof words, "of %zu pictures that it had not seen are right",
                 kin_dataset_size(t->folder.set, KIN_PART_VALIDATION, SIZE_MAX));
        kin_html_tile(h, "", big, words);
    }
    snprintf(big, sizeof big, "%llu", (unsigned long long)t->taught.trained);
    snprintf(words, sizeof words, "weights learnt from %zu pictures", kin_dataset_size(t->folder.set, KIN_PART_TRAINING, SIZE_MAX));
    kin_html_tile(h, "", big, words);
    snprintf(big, sizeof big, "%.1f s", t->epochs ? t->history[t->epochs - 1].seconds : 0);
    kin_html_tile(h, "", big, "from the first picture to the last epoch");
    kin_html_put(h, "</div>\n");
}

/* Rows [from, to) of the history: one part of it. */
static void put_part(const kin_train *t, kin_html *h, size_t from, size_t to)
{
    size_t  count = to - from;
    double *column = malloc(5 * count * sizeof *column);
    if (!column) {
        if (h->status == KIN_OK) h->status = kin_fail(h->app->ctx, KIN_E_MEMORY, "out of memory");
        return;
    }
    double *loss = column, *validation_loss = loss + count, *right = validation_loss + count, *validation = right + count,
           *spread = validation + count;
    for (size_t i = 0; i < count; i++) {
        const kin_train_epoch *e = &t->history[from + i];
        loss[i] = e->loss, validation_loss[i] = e->validation_loss;
        right[i] = e->accuracy, validation[i] = e->validation, spread[i] = e->spread;
    }
    bool              held = !isnan(validation[0]);
    const kin_series  losses[] = {{"learnt from", "own", loss, count, count}, {"not seen", "other", validation_loss, count, count}};
    const kin_series  rights[] = {{"learnt from", "own", right, count, count}, {"not seen", "other", validation, count, count}};
    const kin_series  apart = {"mean distance of two embeddings", "own", spread, count, count};
    kin_html_put(h, "<h2>%s</h2>\n", !strcmp(t->history[from].part, "top") ? "The new top" : "The network");
    kin_html_lines(h, "loss", false, "epoch", losses, held ? 2 : 1);
    if (!isnan(right[0])) kin_html_lines(h, "right", true, "epoch", rights, held ? 2 : 1);
    if (!isnan(spread[0])) kin_html_lines(h, "apart", false, "epoch", &apart, 1);
    free(column);
}

static void put_history(const kin_train *t, kin_html *h)
{
    for (size_t from = 0, to; from < t->epochs; from = to) {
        for (to = from + 1; to < t->epochs && t->history[to].part == t->history[from].part;) to++;
        put_part(t, h, from, to);
    }
}

static void put_rate(kin_html *h, size_t count, size_t of)
{
    kin_rate rate = kin_rate_of(count, of);
    kin_html_put(h, "<td>");
    kin_html_rate(h, &rate, 1);
    kin_html_put(h, "</td>");
}

static void put_people(const kin_train *t, kin_html *h)
{
    kin_html_put(h, "<h2>How well each is known</h2>\n<table><tr><th>folder</th><th class=\"n\">pictures</th><th>found (recall)</th>"
                    "<th>named rightly (precision)</th></tr>\n");
    for (size_t k = 0; k < t->taught.classes; k++) {
        kin_train_label l = kin_train_label_of(t, k);
        kin_html_put(h, "<tr><td><bdi>%s</bdi></td><td class=\"n\">%zu</td>", t->folder.set->name[k], l.pictures);
        put_rate(h, l.right, l.asked);
        put_rate(h, l.right, l.said);
        kin_html_put(h, "</tr>\n");
    }
    kin_html_put(h, "</table>\n");
}

void kin_train_html(const kin_train *t, kin_html *h)
{
    kin_html_head(h, "A training");
    kin_html_put(h, "<p class=\"faint\"><code>%s</code>: %s learnt the %zu folders of <code>%s</code>.</p>\n", t->app->set.output, t->folder.shown,
                 t->folder.set->classes, t->app->arg[0]);
    put_tiles(t, h);
    put_history(t, h);
    if (t->taught.confusion) {
        kin_html_matrix(h, t->folder.set->name, t->taught.classes, NULL, t->taught.confusion, "pictures that were not learnt from");
        put_people(t, h);
    }
    kin_html_foot(h, NULL);
}
