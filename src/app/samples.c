/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos in folders a person; one face a photo, embedded.
 */
#include "app/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "face/crop.h"
#include "os/files.h"

/* --- whose photos --- */

/* The name of the folder below `folder` in which the photo lies; *length 0: in none. */
static const char *person_of(const char *folder, const char *path, size_t *length)
{
    const char *name = path + strlen(folder);
    while (*name == '/') name++;
    const char *end = strchr(name, '/');
    *length = end ? (size_t)(end - name) : 0;
    return name;
}

static bool group(kin_samples *s, const char *folder, size_t *loose)
{
    size_t count = s->paths.count, length;
    s->person = calloc(count + 1, sizeof *s->person);
    s->name = calloc(count + 1, sizeof *s->name);
    if (!s->person || !s->name) return false;
    s->paths.count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = person_of(folder, s->paths.path[i], &length);
        if (!length) {
            free(s->paths.path[i]);
            ++*loose;
            continue;
        }
        const char *last = s->people ? s->name[s->people - 1] : "";
        bool        other = strlen(last) != length || memcmp(last, name, length) != 0;
        if (other && !(s->name[s->people++] = strndup(name, length))) return false;
        s->person[s->paths.count] = s->people - 1;
        s->paths.path[s->paths.count++] = s->paths.path[i];
    }
    return true;
}

int kin_samples_find(kin_app *app, char *folder, kin_samples *s)
{
    size_t loose = 0;
    *s = (kin_samples){0};
    if (kin_path_what(folder) == KIN_PATH_FILE) {
        kin_say("%s: a file; expected a folder that holds a folder a person", folder);
        kin_raise(app, EXIT_INPUT);
        return app->exit;
    }
    if (kin_paths_find(app, &folder, 1, &s->paths) != EXIT_DONE) return app->exit;
    if (!group(s, folder, &loose)) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
    } else if (!s->people) {
        kin_say("%s: no folders with photos inside (one a person is expected)", folder);
        kin_raise(app, EXIT_NO);
    } else if (loose && !app->set.quiet)
        kin_say("%s: passed over %zu photo%s in no person's folder", folder, loose, loose == 1 ? "" : "s");
    return app->exit;
}

/* --- vectors --- */

static kin_status embed_middle(kin_worker *worker, kin_image *photo, kin_seen *seen)
{
    kin_image *middle;
    float     *vector = realloc(seen->vectors, kin_embedder_width(worker->embedder) * sizeof *vector);
    if (!vector) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    seen->vectors = vector;
    KIN_TRY(kin_crop_middle(worker->ctx, photo, &middle));
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
    s->face[i] = s->seen[i] ? seen->faces.face[0] : (kin_face){.box = {0, 0, (float)seen->width, (float)seen->height}};
    s->faceless += !s->seen[i];
    memcpy(s->vector + i * s->width, seen->vectors, s->width * sizeof *s->vector);
}

int kin_samples_embed(kin_app *app, const kin_models *models, kin_samples *s)
{
    s->width = kin_embedder_width(models->embedder);
    s->vector = calloc(s->paths.count + 1, s->width * sizeof *s->vector);
    s->seen = calloc(s->paths.count + 1, sizeof *s->seen);
    s->face = calloc(s->paths.count + 1, sizeof *s->face);
    if (!s->vector || !s->seen || !s->face) {
        kin_say("out of memory");
        kin_raise(app, EXIT_RESOURCES);
        return app->exit;
    }
    return kin_photos_see(app, models, &(kin_photo_job){.look = look, .tell = tell, .arg = s}, &s->paths);
}

void kin_samples_free(kin_samples *s)
{
    kin_paths_free(&s->paths);
    for (size_t i = 0; i < s->people; i++) free(s->name[i]);
    free(s->name);
    free(s->person);
    free(s->vector);
    free(s->seen);
    free(s->face);
    *s = (kin_samples){0};
}

double kin_samples_similarity(const kin_samples *s, size_t a, size_t b)
{
    double dot = 0;
    for (size_t k = 0; k < s->width; k++)
        dot += (double)s->vector[a * s->width + k] * (double)s->vector[b * s->width + k];
    return dot;
}
