/* SPDX-License-Identifier: Apache-2.0
 *
 * kin verify A B: the same person?
 */
#include <math.h>
#include <string.h>

#include "app/answer.h"

typedef struct {
    size_t width, seen;
    bool   face[2], failed;
    float  vector[2][KIN_EMBEDDING_MAX];
} pair;

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    seen->extra = NULL;
    kin_seen_main_first(worker, photo, seen);
    return KIN_OK;
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    pair *p = arg;
    if (seen->status != KIN_OK) {
        p->failed = true;
        if (app->set.json) kin_json_print(app, kin_seen_json(seen, 0)); /* in the pair's place */
    }
    if (seen->status == KIN_OK && seen->faces.count) {
        p->face[p->seen] = true;
        memcpy(p->vector[p->seen], seen->vectors, p->width * sizeof *seen->vectors);
    }
    p->seen++;
}

enum { DEFAULT_FAR_INVERSE = 1000 };

int kin_verb_verify(kin_app *app)
{
    kin_models  models = {0};
    static pair p; /* 32 KB */
    kin_paths   paths = {.path = app->arg, .count = 2};
    if (kin_models_open(app, true, &models) != EXIT_DONE) return app->exit;
    p.width = kin_embedder_width(models.embedder);
    kin_photos_see(app, &models, &(kin_photo_job){.look = look, .tell = tell, .arg = &p}, &paths);

    double similarity = NAN, far = NAN;
    double threshold = isnan(app->set.threshold) ? kin_embedder_threshold(models.embedder, 1.0 / DEFAULT_FAR_INVERSE) : app->set.threshold;
    if (p.face[0] && p.face[1]) {
        similarity = 0;
        for (size_t i = 0; i < p.width; i++) similarity += (double)p.vector[0][i] * p.vector[1][i];
        far = kin_embedder_far(models.embedder, similarity);
    }
    kin_models_close(&models);
    bool same = similarity >= threshold;
    if (isnan(threshold)) {
        kin_say("%s: its card has no threshold table: give --threshold", app->set.model);
        kin_raise(app, EXIT_UNUSABLE);
    }
    if (p.failed) return app->exit;
    if (app->set.json) {
        json_t *out = json_object(), *files = json_array();
        for (int i = 0; i < 2; i++) json_array_append_new(files, kin_json_text(app->arg[i]));
        json_object_set_new(out, "files", files);
        json_object_set_new(out, "similarity", kin_json_number(similarity, 0.001));
        json_object_set_new(out, "threshold", kin_json_number(threshold, 0.001));
        json_object_set_new(out, "same", json_boolean(same));
        json_object_set_new(out, "far", isnan(far) ? json_null() : json_real(kin_round_rate(far)));
        kin_json_print(app, out);
    } else if (app->set.csv) {
        printf("a,b,similarity,threshold,same,far\n");
        kin_csv_text(app->arg[0], true);
        kin_csv_text(app->arg[1], false);
        kin_csv_number(similarity, 0.001, false);
        kin_csv_number(threshold, 0.001, false);
        printf(",%d", same);
        putchar(',');
        if (isfinite(far)) printf("%.2g", far);
        putchar('\n');
    } else if (isnan(similarity)) {
        for (int i = 0; i < 2; i++) {
            if (p.face[i]) continue;
            kin_put_path(app, app->arg[i]);
            puts("no face");
        }
    } else {
        kin_colour_on(same ? KIN_INK_GOOD : KIN_INK_FAINT);
        fputs(same ? "the same" : "different", stdout);
        kin_colour_off();
        printf("  similarity %.3f, threshold %.3f", similarity, threshold);
        if (isfinite(far)) printf(", false accept rate %.2g: that part of strangers' pairs is as similar", far);
        putchar('\n');
    }
    if (!same) kin_raise(app, EXIT_NO);
    return app->exit;
}
