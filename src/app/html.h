/* SPDX-License-Identifier: Apache-2.0
 *
 * The report of --html: one page that needs nothing beside it. No script, nothing from elsewhere (the page's own policy forbids
 * both), pictures as data, plots as SVG. It is XML too, so that a test can read it strictly.
 *
 * Errors stay: after the first one nothing more is written, and kin_html_end says it.
 */
#ifndef KIN_APP_HTML_H
#define KIN_APP_HTML_H

#include "app/answer.h"
#include "os/files.h"

typedef struct {
    kin_app     *app;
    kin_new_file file; /* only its owner may read it */
    kin_buffer   text;
    kin_status   status;
} kin_html;

/* Looks, before the work, whether the file of --html can be written, which kin_html_end does: an earlier report gives way, nothing
 * else does. Without --html there is nothing to do: h->app is NULL. Says what is wrong; returns the exit status. */
int kin_html_begin(kin_app *app, kin_html *h);
/* Writes the page, if something was put into it; else leaves no trace. Says what is wrong and raises the exit status. */
void kin_html_end(kin_html *h);

/* Appends markup. Like printf, but what %s stands for is text, never markup: it comes out escaped, and bytes that are no UTF-8 or
 * would command something become '?'. Knows %s %d %zu %f %g, the last two with a precision. */
void kin_html_put(kin_html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A number that counts, in a box; those of a row stand in <div class="tiles">. look: good, warn or "". */
void kin_html_tile(kin_html *h, const char *look, const char *big, const char *words);
/* "0 of 25 (0.0 to 13.3 %)" and a bar of where that is on a scale to `most`; a dash of nothing. */
void kin_html_rate(kin_html *h, const kin_rate *rate, double most);
/* Who is taken for whom: count[rows, columns], a row the truth, a column the answer; the columns are the rows and, unless it is
 * NULL, one more called `other`. `of`: what is counted, "photos". More than KIN_MATRIX_MOST rows are no table to read: nothing. */
enum { KIN_MATRIX_MOST = 16 };
void kin_html_matrix(kin_html *h, const char *const *name, size_t rows, const char *other, const size_t *count, const char *of);
/* Head of the page, with the style; and its end: the settings that shaped the result, when and by what it was made. `embedder`: NULL
 * where a classifier was asked. */
void kin_html_head(kin_html *h, const char *title);
void kin_html_foot(kin_html *h, const kin_embedder *embedder);

/* --- html_picture.c: the faces --- */

/* A face of the gallery, by the picture that was kept; of a photo, cut out. A small JPEG, or words where there is none. `what` is
 * told instead of the picture, and beside the pointer. */
void kin_html_face(kin_html *h, kin_gallery *home, int64_t face, const char *what);
void kin_html_photo(kin_html *h, const char *path, const kin_face *face);

/* --- html_plot.c: numbers drawn --- */

typedef struct {
    const char   *name, *look; /* look: a class of the style: own, other, warn */
    const double *value;       /* [count]; */
    size_t        count, of;   /* of: of how many, those that have no value with them */
} kin_series;

typedef struct {
    double      at;
    const char *name;
} kin_mark_line;

/* How often each similarity comes, a hill a series. */
void kin_html_hills(kin_html *h, const kin_series *series, size_t count, const kin_mark_line *marks, size_t mark_count);
/* What a threshold costs: the part of `own` below it, and of `other` from it on. */
void kin_html_costs(kin_html *h, const kin_series *own, const kin_series *other, const kin_mark_line *marks, size_t mark_count);
/* The part of `own` accepted where a part of `other` is (receiver operating characteristic). */
void kin_html_roc(kin_html *h, const kin_series *own, const kin_series *other);

/* A line a series over its places 1, 2, 3 ...; NAN: no point. `percent`: the values are parts of 1. */
void kin_html_lines(kin_html *h, const char *name, bool percent, const char *places, const kin_series *series, size_t count);

/* A dot of a face: own person across, nearest other person up. */
typedef struct {
    double      x, y;
    const char *look, *name, *photo;
} kin_dot;
/* With the threshold across and up. */
void kin_html_dots(kin_html *h, const kin_dot *dots, size_t count, double threshold);

#endif
