/* SPDX-License-Identifier: Apache-2.0
 *
 * kin evaluate --pairs FILE DIR: Labeled Faces in the Wild's protocol (Huang et al. 2007): ten folds in the file's
 * order, the threshold of each from the other nine. FILE is LFW's pairs.txt or of its form: "10 300", then for each fold
 * 300 lines "NAME 1 2" (one person) and 300 "NAME 1 OTHER 2", tabs between; photo 1 of NAME is DIR/NAME/NAME_0001.jpg.
 */
#include <stdlib.h>
#include <string.h>

#include "app/answer.h"
#include "app/evaluate.h"
#include "base/context.h"
#include "gallery/trial.h"
#include "os/clock.h"
#include "os/files.h"

enum { FILE_BYTES_MAX = 64 << 20, FOLDS_MAX = 1000, PAIRS_MAX = 1000000, NUMBER_MAX = 9999 };

typedef struct {
    char          **photo; /* [2 * count]: paths of both ends of each pair */
    size_t         *index; /* [2 * count]: which of the different photos that is */
    kin_pair_trial *trial; /* [count] */
    size_t          count;
    int             folds;
} protocol;

/* --- the file --- */

static kin_status bad(kin_app *app, size_t line, const char *what)
{
    return kin_fail(app->ctx, KIN_E_FORMAT, "%s: line %zu: %s", app->set.pairs, line, what);
}

/* A whole number of 1 to `most`; 0 for anything else. */
static long number(const char *text, long most)
{
    char *end;
    if (!text || *text < '0' || *text > '9') return 0;
    long value = strtol(text, &end, 10);
    return *end || value > most ? 0 : value;
}

static bool is_folder_name(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

static bool put_photo(protocol *p, size_t end, const char *folder, const char *name, long which)
{
    size_t room = strlen(folder) + 2 * strlen(name) + 16;
    p->photo[end] = malloc(room);
    if (p->photo[end]) snprintf(p->photo[end], room, "%s/%s/%s_%04ld.jpg", folder, name, name, which);
    return p->photo[end] != NULL;
}

static kin_status read_line(kin_app *app, protocol *p, size_t i, char *text)
{
    char *cell[5] = {0}, *rest = text;
    int   cells = 0;
    while (cells < 5 && (cell[cells] = strsep(&rest, "\t"))) cells++;
    bool same = cells == 3;
    if (cells != 3 && cells != 4) return bad(app, i + 2, "expected 3 or 4 cells with tabs between them");
    long a = number(cell[1], NUMBER_MAX), b = number(cell[cells - 1], NUMBER_MAX);
    const char *other = same ? cell[0] : cell[2];
    if (!a || !b) return bad(app, i + 2, "a photo's number is missing (1 to 9999)");
    if (!is_folder_name(cell[0]) || !is_folder_name(other)) return bad(app, i + 2, "a name that is no folder's");
    p->trial[i].same = same;
    if (put_photo(p, 2 * i, app->arg[0], cell[0], a) && put_photo(p, 2 * i + 1, app->arg[0], other, b)) return KIN_OK;
    return kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
}

/* `text` ends with a NUL; is cut up. */
static kin_status read_text(kin_app *app, protocol *p, char *text)
{
    char *line = strsep(&text, "\n"), *half_text = line ? strpbrk(line, " \t") : NULL;
    if (half_text) *half_text++ = '\0';
    if (half_text) half_text[strcspn(half_text, "\r")] = '\0';
    long folds = number(line, FOLDS_MAX), half = number(half_text, PAIRS_MAX);
    if (folds < 2 || !half || folds * half > PAIRS_MAX)
        return bad(app, 1, "expected the number of folds (2 or more) and of pairs");
    size_t count = (size_t)(folds * half) * 2;
    p->folds = (int)folds;
    p->photo = calloc(2 * count, sizeof *p->photo);
    p->index = calloc(2 * count, sizeof *p->index);
    p->trial = calloc(count, sizeof *p->trial);
    if (!p->photo || !p->index || !p->trial) return kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
    p->count = count;
    for (size_t i = 0; i < count; i++) {
        line = strsep(&text, "\n");
        if (!line || !*line) return bad(app, i + 2, "missing: the first line promises more pairs");
        line[strcspn(line, "\r")] = '\0';
        p->trial[i].fold = (int)(i / (size_t)(2 * half));
        KIN_TRY(read_line(app, p, i, line));
    }
    return KIN_OK;
}

static kin_status read_pairs(kin_app *app, protocol *p)
{
    uint8_t *bytes;
    size_t   size;
    KIN_TRY(kin_file_read(app->ctx, app->set.pairs, FILE_BYTES_MAX, &bytes, &size));
    char      *text = malloc(size + 1);
    kin_status status = text ? KIN_OK : kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
    if (text) {
        memcpy(text, bytes, size);
        text[size] = '\0';
        status = read_text(app, p, text);
    }
    free(text);
    kin_release(app->ctx, bytes);
    return status;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

/* Different photos into `paths`, and each end's place there. */
static bool collect(protocol *p, kin_paths *paths)
{
    char ***order = malloc(2 * p->count * sizeof *order);
    paths->path = calloc(2 * p->count, sizeof *paths->path);
    if (!order || !paths->path) {
        free(order);
        return false;
    }
    for (size_t i = 0; i < 2 * p->count; i++) order[i] = &p->photo[i];
    qsort(order, 2 * p->count, sizeof *order, by_path);
    for (size_t i = 0; i < 2 * p->count; i++) {
        if (!paths->count || strcmp(paths->path[paths->count - 1], *order[i]) != 0) {
            char *copy = strdup(*order[i]);
            if (!copy) break;
            paths->path[paths->count++] = copy;
        }
        p->index[order[i] - p->photo] = paths->count - 1;
    }
    bool all = strcmp(paths->path[paths->count - 1], *order[2 * p->count - 1]) == 0;
    free(order);
    return all;
}

/* --- telling --- */

static void tell_json(kin_app *app, const protocol *p, const kin_samples *s, const kin_pairs_result *r, double seconds)
{
    json_t *out = json_object(), *rows = json_array();
    for (int f = 0; f < KIN_PAIR_FARS; f++) {
        json_t *row = json_object();
        json_object_set_new(row, "far", json_real(kin_pair_far[f]));
        json_object_set_new(row, "tar", kin_json_number(r->tar[f], 0.0001));
        json_object_set_new(row, "threshold", kin_json_number(r->threshold[f], 0.0001));
        json_array_append_new(rows, row);
    }
    json_object_set_new(out, "pairs", json_integer((json_int_t)p->count));
    json_object_set_new(out, "folds", json_integer(p->folds));
    json_object_set_new(out, "photos", json_integer((json_int_t)s->paths.count));
    json_object_set_new(out, "without_face", json_integer((json_int_t)s->faceless));
    json_object_set_new(out, "accuracy", kin_json_number(r->accuracy, 0.00001));
    json_object_set_new(out, "standard_error", kin_json_number(r->standard_error, 0.00001));
    json_object_set_new(out, "tar", rows);
    json_object_set_new(out, "area", kin_json_number(r->area, 0.00001));
    json_object_set_new(out, "seconds", kin_json_number(seconds, 0.1));
    kin_json_print(app, out);
}

static void tell_csv(const protocol *p)
{
    puts("fold,a,b,same,similarity,right");
    for (size_t i = 0; i < p->count; i++) {
        printf("%d", p->trial[i].fold + 1);
        kin_csv_text(p->photo[2 * i], false);
        kin_csv_text(p->photo[2 * i + 1], false);
        printf(",%d", p->trial[i].same);
        kin_csv_number(p->trial[i].similarity, 0.0001, false);
        printf(",%d\n", p->trial[i].right);
    }
}

static void tell_text(const protocol *p, const kin_samples *s, const kin_pairs_result *r, double seconds)
{
    printf("accuracy %.2f %% (standard error %.2f over %d folds)\n", 100 * r->accuracy, 100 * r->standard_error,
           p->folds);
    for (int f = 0; f < KIN_PAIR_FARS; f++)
        printf("TAR at FAR %g: %.1f %% (similarity %.3f)\n", kin_pair_far[f], 100 * r->tar[f], r->threshold[f]);
    printf("area under the curve %.5f\n", r->area);
    printf("%zu pairs, %zu photos, %zu without a face, %.0f s\n", p->count, s->paths.count, s->faceless, seconds);
}

/* --- the report --- */

/* Of one person's pairs the least alike first, of two people's the most alike. */
static int worse(const void *a, const void *b)
{
    const kin_pair_trial *x = *(const kin_pair_trial *const *)a, *y = *(const kin_pair_trial *const *)b;
    if (x->similarity == y->similarity) return x < y ? -1 : x > y;
    return (x->similarity < y->similarity) == x->same ? -1 : 1;
}

/* The pairs judged wrongly that are of one person (`same`) or of two, the worst first; *count of them. NULL: no memory. */
static const kin_pair_trial **wrong_ones(const protocol *p, bool same, size_t *count)
{
    const kin_pair_trial **list = malloc((p->count + 1) * sizeof *list);
    *count = 0;
    for (size_t i = 0; list && i < p->count; i++)
        if (!p->trial[i].right && p->trial[i].same == same) list[(*count)++] = &p->trial[i];
    if (list) qsort(list, *count, sizeof *list, worse);
    return list;
}

static void put_mistakes(kin_html *h, const protocol *p, const kin_samples *s, bool same)
{
    size_t                 count;
    const kin_pair_trial **list = wrong_ones(p, same, &count);
    kin_html_put(h, same ? "<h2>One person, taken for two: %zu</h2>\n<div class=\"cards\">" : "<h2>Two people, taken for one: %zu</h2>\n<div class=\"cards\">",
                 count);
    for (size_t i = 0; i < count && i < KIN_WORST; i++) {
        size_t at = (size_t)(list[i] - p->trial);
        char   what[80];
        snprintf(what, sizeof what, "similarity %.3f, fold %d", list[i]->similarity, list[i]->fold + 1);
        kin_html_mistake(h, s, what, p->index[2 * at], p->index[2 * at + 1]);
    }
    kin_html_put(h, "</div>\n");
    free(list);
}

static void put_plots(kin_html *h, const protocol *p, const kin_pairs_result *r)
{
    kin_series series[2] = {{.name = "one person", .look = "own"}, {.name = "two people", .look = "other"}};
    double    *value[2] = {malloc((p->count + 1) * sizeof *value[0]), malloc((p->count + 1) * sizeof *value[0])};
    for (size_t i = 0; value[0] && value[1] && i < p->count; i++) {
        kin_series *one = &series[!p->trial[i].same];
        value[!p->trial[i].same][one->count++] = p->trial[i].similarity;
    }
    for (int i = 0; i < 2; i++) series[i].value = value[i], series[i].of = series[i].count;
    const kin_mark_line marks[2] = {{r->threshold[1], "FAR 0.01"}, {r->threshold[2], "FAR 0.001"}};
    kin_html_put(h, "<h2>How alike pairs are</h2>\n");
    kin_html_hills(h, series, 2, marks, 2);
    kin_html_put(h, "<h2>What is accepted</h2><p>At each threshold: the part of one person's pairs that is accepted, over the part of two people's that is.</p>\n");
    kin_html_roc(h, &series[0], &series[1]);
    free(value[0]);
    free(value[1]);
}

static void tell_html(kin_html *h, const protocol *p, const kin_samples *s, const kin_pairs_result *r, const kin_embedder *embedder)
{
    char big[64], small[128];
    kin_html_head(h, "Pairs of photos");
    kin_html_put(h, "<p class=\"faint\">%zu pairs of %zu photos below <code>%s</code>, in %d folds by <code>%s</code>; %zu without a face, of which the "
                    "middle counts. Labeled Faces in the Wild's protocol: each fold is judged by the threshold that is best on the others.</p>\n",
                 p->count, s->paths.count, h->app->arg[0], p->folds, h->app->set.pairs, s->faceless);
    kin_html_put(h, "<div class=\"tiles\">\n");
    snprintf(big, sizeof big, "%.2f %%", 100 * r->accuracy);
    snprintf(small, sizeof small, "of the pairs are judged rightly (standard error %.2f)", 100 * r->standard_error);
    kin_html_tile(h, "", big, small);
    for (int f = KIN_PAIR_FARS - 1; f >= 0; f--) {
        snprintf(big, sizeof big, "%.1f %%", 100 * r->tar[f]);
        snprintf(small, sizeof small, "of one person's pairs accepted where 1 in %.0f of two is (from %.3f on)", 1 / kin_pair_far[f], r->threshold[f]);
        kin_html_tile(h, "", big, small);
    }
    snprintf(big, sizeof big, "%.5f", r->area);
    kin_html_tile(h, "", big, "area under the curve: the chance that a pair of one person is the more alike");
    kin_html_put(h, "</div>\n");
    put_plots(h, p, r);
    put_mistakes(h, p, s, false);
    put_mistakes(h, p, s, true);
    kin_html_foot(h, embedder);
}

/* --- all --- */

static void judge(kin_app *app, protocol *p, const kin_samples *s, const kin_embedder *embedder, int64_t start_ns, kin_html *html)
{
    kin_pairs_result result;
    for (size_t i = 0; i < p->count; i++)
        p->trial[i].similarity = kin_samples_similarity(s, p->index[2 * i], p->index[2 * i + 1]);
    kin_status status = kin_pairs_judge(app->ctx, p->trial, p->count, p->folds, &result);
    double     seconds = (double)(kin_clock_ns() - start_ns) / 1e9;
    if (status != KIN_OK)
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    else if (app->set.json)
        tell_json(app, p, s, &result, seconds);
    else if (app->set.csv)
        tell_csv(p);
    else
        tell_text(p, s, &result, seconds);
    if (status == KIN_OK && html->app) tell_html(html, p, s, &result, embedder);
}

static void run(kin_app *app, protocol *p, int64_t start_ns, kin_html *html)
{
    kin_samples s = {0};
    kin_models  models;
    if (kin_models_open(app, true, &models) != EXIT_DONE) return;
    if (!collect(p, &s.paths)) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
    } else {
        kin_samples_embed(app, &models, &s);
        if (s.failed)
            kin_say("no result: %zu of %zu photos cannot be read", s.failed, s.paths.count);
        else if (s.told == s.paths.count)
            judge(app, p, &s, models.embedder, start_ns, html);
    }
    kin_samples_free(&s);
    kin_models_close(&models);
}

void kin_evaluate_pairs(kin_app *app, kin_html *html)
{
    protocol   p = {0};
    int64_t    start_ns = kin_clock_ns();
    kin_status status = read_pairs(app, &p);
    if (status == KIN_OK)
        run(app, &p, start_ns, html);
    else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    for (size_t i = 0; p.photo && i < 2 * p.count; i++) free(p.photo[i]);
    free(p.photo);
    free(p.index);
    free(p.trial);
}
