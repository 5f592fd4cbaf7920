/* SPDX-License-Identifier: Apache-2.0
 *
 * One face a photo, embedded.
 */
#include "app/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"

static const float MIDDLE = 0.6f; /* of the shorter side: what stands for a face where none was found */

static kin_status embed_middle(kin_worker *worker, kin_image *photo, kin_seen *seen)
{
    int        width = kin_image_width(photo), height = kin_image_height(photo);
    float      side = fmaxf(1, roundf((float)(width < height ? width : height) * MIDDLE));
    float      x = floorf(((float)width - side) / 2), y = floorf(((float)height - side) / 2);
    kin_face   face = {.box = {x, y, x + side, y + side}};
    kin_image *middle;
    float     *vector = realloc(seen->vectors, kin_embedder_width(worker->embedder) * sizeof *vector);
    if (!vector) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    seen->vectors = vector;
    KIN_TRY(kin_crop_margin(worker->ctx, photo, &face, 0, 0, &middle));
    kin_status status = kin_embed_crop(worker->embedder, middle, vector);
    kin_image_free(middle);
    return status;
}

static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    (void)arg;
    seen->extra = NULL;
    kin_seen_main_first(worker, photo, seen);
    return seen->faces.count ? KIN_OK : embed_middle(worker, photo, seen);
}

static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    kin_samples *s = arg;
    size_t       i = s->told++;
    (void)app;
    if (seen->status != KIN_OK) {
        s->failed++;
        return;
    }
    s->seen[i] = seen->faces.count > 0;
    s->faceless += !s->seen[i];
    memcpy(s->vector + i * s->width, seen->vectors, s->width * sizeof *s->vector);
}

int kin_samples_embed(kin_app *app, const kin_models *models, kin_samples *s)
{
    s->width = kin_embedder_width(models->embedder);
    s->vector = calloc(s->paths.count + 1, s->width * sizeof *s->vector);
    s->seen = calloc(s->paths.count + 1, sizeof *s->seen);
    if (!s->vector || !s->seen) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
        return app->exit;
    }
    return kin_photos_see(app, models, &(kin_photo_job){.look = look, .tell = tell, .arg = s}, &s->paths);
}

void kin_samples_free(kin_samples *s)
{
    kin_paths_free(&s->paths);
    free(s->vector);
    free(s->seen);
    *s = (kin_samples){0};
}

double kin_samples_similarity(const kin_samples *s, size_t a, size_t b)
{
    double dot = 0;
    for (size_t k = 0; k < s->width; k++)
        dot += (double)s->vector[a * s->width + k] * (double)s->vector[b * s->width + k];
    return dot;
}
