/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos in parallel: a worker a core, each with a context and handles of its own; answers leave in the input's order.
 */
#include "app/photos.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/progress.h"
#include "base/context.h"
#include "base/date.h"
#include "base/hash.h"
#include "os/clock.h"
#include "os/files.h"

/* --- models --- */

int kin_models_open(kin_app *app, bool embed, kin_models *out)
{
    *out = (kin_models){0};
    kin_status status = kin_detector_open(app->ctx, app->set.detector, &out->detector);
    if (status == KIN_OK && embed) status = kin_embedder_open(app->ctx, app->set.model, &out->embedder);
    if (status == KIN_OK) return EXIT_DONE;
    kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    kin_models_close(out);
    return app->exit;
}

/* The classifier first: the detector is wanted only for one that looks at faces. */
int kin_models_open_classifier(kin_app *app, kin_models *out)
{
    *out = (kin_models){0};
    kin_status status = kin_classifier_open(app->ctx, app->set.model, app->set.labels, &out->classifier);
    bool       faces = status == KIN_OK && kin_classifier_wants_faces(out->classifier);
    if (status == KIN_OK && !faces && app->set.detector) {
        kin_say("%s: --detector is for classifiers of faces; this one looks at whole pictures (kin help %s)",
                app->verb->name, app->verb->name);
        kin_raise(app, EXIT_USAGE);
        return EXIT_USAGE;
    }
    if (faces) status = kin_detector_open(app->ctx, app->set.detector, &out->detector);
    return status == KIN_OK ? EXIT_DONE : kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
}

void kin_models_close(kin_models *models)
{
    kin_classifier_free(models->classifier);
    kin_embedder_free(models->embedder);
    kin_detector_free(models->detector);
    *models = (kin_models){0};
}

typedef struct {
    kin_app             *app;
    const kin_photo_job *job;
    const kin_models    *models;
    const kin_paths     *paths;
    kin_worker          *worker;
    kin_seen            *seen;
    bool                *done;
    size_t               told, finished, answered;
    atomic_size_t        next;    /* the first photo that nobody has taken */
    atomic_bool          decoded; /* one of them */
    pthread_mutex_t      lock;
    kin_progress         progress;
} crowd;

/* --- one photo --- */

void kin_seen_clear(kin_seen *seen)
{
    for (size_t i = 0; seen->who && i < seen->faces.count; i++) {
        free(seen->who[i].name);
        free(seen->who[i].runner_up);
        free(seen->who[i].taken);
        free(seen->who[i].unborn);
        for (size_t k = 0; k < seen->who[i].candidates; k++) free(seen->who[i].candidate[k].name);
    }
    free(seen->who);
    free(seen->vectors);
    free(seen->faces.face); /* keep_faces made it */
    memset(seen, 0, sizeof *seen);
}

void kin_seen_main_first(const kin_worker *worker, const kin_image *photo, kin_seen *seen)
{
    if (seen->faces.count < 2) return;
    size_t   main = kin_faces_main(&seen->faces, photo), width = seen->vectors ? kin_embedder_width(worker->embedder) : 0;
    kin_face face = seen->faces.face[main];
    seen->faces.face[main] = seen->faces.face[0];
    seen->faces.face[0] = face;
    if (seen->vectors) memmove(seen->vectors, seen->vectors + main * width, width * sizeof *seen->vectors);
}

/* Faces leave the worker's context, whose memory only its own thread may touch. */
static kin_status keep_faces(kin_seen *seen, kin_faces *found)
{
    kin_face *copy = malloc((found->count + 1) * sizeof *copy);
    if (!copy) return kin_fail(found->ctx, KIN_E_MEMORY, "out of memory");
    if (found->count) memcpy(copy, found->face, found->count * sizeof *copy);
    seen->faces = (kin_faces){found->count, copy, NULL};
    return KIN_OK;
}

static kin_status embed_faces(kin_worker *worker, const kin_image *photo, kin_seen *seen)
{
    size_t width = kin_embedder_width(worker->embedder);
    seen->vectors = malloc((seen->faces.count * width + 1) * sizeof *seen->vectors);
    if (!seen->vectors) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; i < seen->faces.count; i++) {
        float *vector = seen->vectors + i * width;
        KIN_TRY((worker->app->set.no_flip ? kin_embed_single : kin_embed)(worker->embedder, photo, &seen->faces.face[i], vector));
    }
    return KIN_OK;
}

static kin_status see(kin_worker *worker, crowd *c, kin_seen *seen, kin_image **photo)
{
    const kin_photo_job *job = c->job;
    kin_context         *ctx = worker->ctx;
    uint8_t     *bytes = NULL;
    size_t       size;
    bool         pass = false;
    kin_status   status = strcmp(seen->path, "-") == 0 ? kin_file_read_stream(ctx, STDIN_FILENO, "standard input", 0, &bytes, &size)
                                                       : kin_file_read(ctx, seen->path, 0, &bytes, &size);
    if (status == KIN_OK) {
        kin_hash128(bytes, size, 0, seen->hash);
        seen->png = size && *bytes == 0x89;
        if (job->glance) status = job->glance(worker, seen, bytes, size, &pass, job->arg);
        if (status == KIN_OK && !pass) status = kin_image_read_memory(ctx, bytes, size, photo);
        if (status != KIN_OK) kin_fail_prefix(ctx, status, seen->path);
    }
    kin_release(ctx, bytes);
    KIN_TRY(status);
    if (pass) return KIN_OK;
    atomic_store(&c->decoded, true);
    seen->width = kin_image_width(*photo);
    seen->height = kin_image_height(*photo);
    seen->orientation = kin_image_orientation(*photo);
    if (!kin_date_read(kin_image_taken(*photo), &seen->date)) seen->date = 0; /* cameras without a clock write what they like */

    const kin_settings      *set = &worker->app->set;
    const kin_detect_options wanted = {.min_face_px = isnan(set->min_face) ? 0 : (float)set->min_face,
                                       .rotations = set->rotations && strcmp(set->rotations, "auto") == 0,
                                       .small = set->small};
    kin_faces                found = {.ctx = ctx};
    if (worker->detector) status = kin_detect(worker->detector, *photo, &wanted, &found);
    if (status == KIN_OK) status = keep_faces(seen, &found);
    kin_faces_free(&found);
    if (status == KIN_OK && worker->embedder && !job->no_vectors) status = embed_faces(worker, *photo, seen);
    if (status != KIN_OK) kin_fail_prefix(ctx, status, seen->path);
    if (status == KIN_OK && job->look) status = job->look(worker, *photo, seen, job->arg);
    return status;
}

/* --- all photos --- */

static void tell_next(crowd *c)
{
    kin_seen *seen = &c->seen[c->told++];
    kin_progress_clear(&c->progress);
    if (seen->status != KIN_OK && seen->status != KIN_E_CANCELLED) {
        kin_say("%s", seen->error);
        kin_raise(c->app, kin_exit_of(seen->status, KIN_ROLE_PHOTO));
    }
    if (c->app->set.verbose && seen->status == KIN_OK)
        kin_say("%s: %d x %d, orientation %d, %zu face%s, %.0f ms", seen->path, seen->width, seen->height, seen->orientation,
                seen->faces.count, seen->faces.count == 1 ? "" : "s", seen->took_ms);
    if (seen->status != KIN_E_CANCELLED) {
        c->job->tell(c->app, seen, c->job->arg);
        c->answered++;
    }
    if (c->job->drop) c->job->drop(seen);
    kin_seen_clear(seen);
}

static void one_photo(crowd *c, kin_worker *worker, size_t index)
{
    kin_seen   *seen = &c->seen[index];
    kin_image  *photo = NULL;
    seen->path = c->paths->path[index];
    seen->twin = c->paths->twin ? c->paths->twin[index] : 0;
    uint64_t start_ns = kin_clock_ns();
    seen->status = kin_interrupted() ? KIN_E_CANCELLED : see(worker, c, seen, &photo);
    seen->took_ms = (double)(kin_clock_ns() - start_ns) / 1e6;
    if (seen->status != KIN_OK) snprintf(seen->error, sizeof seen->error, "%s", kin_error(worker->ctx));
    kin_image_free(photo);

    pthread_mutex_lock(&c->lock);
    c->done[index] = true;
    c->finished++;
    while (c->told < c->paths->count && c->done[c->told]) tell_next(c);
    kin_progress_step(&c->progress, c->finished);
    pthread_mutex_unlock(&c->lock);
}

/* A piece of the split is a worker, not a photo: there may be fewer workers than threads. */
static void work(void *arg, size_t number, size_t thread)
{
    crowd *c = arg;
    size_t index;
    (void)thread;
    while ((index = atomic_fetch_add(&c->next, 1)) < c->paths->count) one_photo(c, &c->worker[number], index);
}

/* The one worker has all its threads in a context of its own; until the first photo is decoded, which takes one, another
 * prepares what comes next. What fails here fails again where it is told. */
static void work_alone(void *arg, size_t piece, size_t thread)
{
    crowd *c = arg;
    if (piece == 0)
        work(c, 0, thread);
    else if (!atomic_load(&c->decoded)) {
        if (c->models->detector) kin_detector_prepare(c->models->detector);
        if (c->models->embedder && !c->job->no_vectors) kin_embedder_prepare(c->models->embedder);
        if (c->job->prepare) c->job->prepare(c->job->arg);
    }
}

/* A photo of the default limit decodes into 600 MB: fewer workers where memory is scarce. */
static const uint64_t least_worker_memory = (uint64_t)512 << 20;

static size_t worker_count(const kin_app *app, size_t photos)
{
    size_t   most = app->ctx->splitter->width;
    uint64_t fit = app->ctx->max_memory / least_worker_memory;
    if (fit < most) most = fit ? (size_t)fit : 1;
    return photos < most ? photos : most;
}

static kin_status worker_open(kin_worker *worker, kin_app *app, const kin_models *models, size_t threads, size_t workers)
{
    worker->app = app;
    worker->ctx = kin_context_new(&(kin_options){.threads = threads,
                                                 .max_memory = app->ctx->max_memory / workers,
                                                 .max_pixels = app->ctx->max_pixels,
                                                 .cpu = kin_cpu_name(app->ctx)});
    if (!worker->ctx) return kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
    kin_status status = KIN_OK;
    if (models->detector) status = kin_detector_share(worker->ctx, models->detector, &worker->detector);
    if (status == KIN_OK && models->embedder) status = kin_embedder_share(worker->ctx, models->embedder, &worker->embedder);
    if (status == KIN_OK && models->classifier) status = kin_classifier_share(worker->ctx, models->classifier, &worker->classifier);
    return status == KIN_OK ? status : kin_fail(app->ctx, status, "%s", kin_error(worker->ctx));
}

static void worker_close(kin_worker *worker)
{
    kin_classifier_free(worker->classifier);
    kin_embedder_free(worker->embedder);
    kin_detector_free(worker->detector);
    kin_context_free(worker->ctx);
}

int kin_photos_see(kin_app *app, const kin_models *models, const kin_photo_job *job, const kin_paths *paths)
{
    size_t workers = worker_count(app, paths->count);
    app->photos = paths;
    if (!workers) return app->exit;
    size_t     threads = app->ctx->splitter->width / workers;
    crowd      c = {.app = app, .job = job, .models = models, .paths = paths, .lock = PTHREAD_MUTEX_INITIALIZER};
    kin_status status = KIN_OK;
    c.worker = calloc(workers, sizeof *c.worker);
    c.seen = calloc(paths->count, sizeof *c.seen);
    c.done = calloc(paths->count, sizeof *c.done);
    if (!c.worker || !c.seen || !c.done) status = kin_fail(app->ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; status == KIN_OK && i < workers; i++)
        status = worker_open(&c.worker[i], app, models, threads, workers);
    if (status == KIN_OK) {
        if (app->set.verbose)
            kin_say("level %s, %zu photo%s at a time, %zu thread%s each", kin_cpu_name(app->ctx), workers, workers == 1 ? "" : "s",
                    threads, threads == 1 ? "" : "s");
        c.progress = kin_progress_start("photos", paths->count, app->set.quiet);
        if (workers == 1)
            kin_split(app->ctx->splitter, work_alone, &c, 2);
        else
            kin_split(app->ctx->splitter, work, &c, workers);
        kin_progress_clear(&c.progress);
        if (kin_interrupted()) {
            kin_say("interrupted: %zu of %zu photos are done", c.answered, paths->count);
            kin_raise(app, EXIT_INTERRUPTED);
        }
    } else
        kin_fail_verb(app, app->ctx, status, KIN_ROLE_MODEL);
    for (size_t i = 0; c.worker && i < workers; i++) worker_close(&c.worker[i]);
    free(c.worker);
    free(c.seen);
    free(c.done);
    app->photos = NULL;
    return app->exit;
}
