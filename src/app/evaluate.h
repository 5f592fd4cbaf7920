/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocols of kin evaluate, a file each. They raise app->exit. With html->app they fill the report too.
 */
#ifndef KIN_APP_EVALUATE_H
#define KIN_APP_EVALUATE_H

#include "app/html.h"
#include "app/samples.h"

/* LFW's: --pairs FILE DIR. */
void kin_evaluate_pairs(kin_app *app, kin_html *html);

/* MODEL DIR, where MODEL (in app->set.model) is an embedder: people of a gallery and strangers, by the gallery's own
 * search. Half of the people are enrolled with half of their photos, the other half are strangers; then the other way
 * round. --seed draws. */
void kin_evaluate_open_set(kin_app *app, kin_html *html);

/* MODEL DIR, where MODEL is a classifier: how often the folder's name is the likeliest label, or one of five. */
void kin_evaluate_closed_set(kin_app *app, kin_html *html);

enum { KIN_WORST = 24 }; /* mistakes of a kind that a report shows */
/* A mistake in a report: what is wrong, and the faces that show it (of samples->face); `other`: KIN_NO_INDEX for none. */
void kin_html_mistake(kin_html *h, const kin_samples *s, const char *what, size_t photo, size_t other);

#endif
