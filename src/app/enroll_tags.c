/* SPDX-License-Identifier: Apache-2.0
 *
 * kin enroll --from DIR --tags: a library whose faces were named elsewhere. What stands about a photo is read before it is
 * decoded, so that photos without names cost no more than reading them; of the others only the named faces are embedded, and
 * each photo is learnt in a transaction of its own. The region says which face is meant: nothing is chosen here.
 */
#include <stdlib.h>
#include <string.h>

#include "app/enroll.h"
#include "app/sidecar.h"
#include "base/context.h"
#include "gallery/gallery.h"

/* Where names stand, the more trusted first: a name in a sidecar is newer than one inside the photo. */
typedef enum { SIDECAR, INSIDE, PICASA, SOURCES } source;
enum { KINDS = KIN_REGION_PICASA + 1 };

typedef enum {
    FITS,      /* learnt */
    REPEATED,  /* somewhere else in this photo the same name has a face or was told already */
    NO_FACE,   /* none where the region is */
    NAMED,     /* its face has a name already */
    ELSEWHERE, /* the regions are those of a picture of another shape */
} verdict;

/* A named region. */
typedef struct {
    char    *name;
    kin_area area;          /* as it stands in the file; after settle() of the upright picture */
    double   width, height; /* of the picture it is of; 0: it does not say */
    size_t   rank;          /* by source and kind; the lower has the right of way */
    verdict  verdict;
    size_t   face; /* SIZE_MAX: none */
} wish;

/* What stands about a photo. Outside of the worker's memory, as kin_seen.extra must be. */
typedef struct {
    wish  *wish;
    size_t count, unnamed; /* unnamed: Picasa's people whose names are not in its file */
    char  *trouble[SOURCES]; /* why this one could not be read */
    bool   unsupported;      /* as there is no exempi */
    void  *lesson;           /* lesson.c's extra */
} notes;

/* --- reading --- */

static kin_status read_sidecar(kin_context *ctx, const char *photo, const uint8_t *bytes, size_t size, kin_regions *out, size_t *unnamed)
{
    char    *path = NULL;
    uint8_t *text = NULL;
    bool     there = false;
    (void)bytes, (void)unnamed;
    kin_status status = kin_sidecar_find(ctx, photo, &path, &there);
    if (status == KIN_OK && there) {
        status = kin_sidecar_read(ctx, path, &text, &size);
        if (status == KIN_OK && (status = kin_xmp_read(ctx, text, size, out)) != KIN_OK) kin_fail_prefix(ctx, status, path);
    }
    kin_release(ctx, text);
    kin_release(ctx, path);
    return status;
}

static kin_status read_inside(kin_context *ctx, const char *photo, const uint8_t *bytes, size_t size, kin_regions *out, size_t *unnamed)
{
    const uint8_t *packet;
    size_t         length;
    (void)unnamed;
    if (!kin_xmp_find(bytes, size, &packet, &length)) return KIN_OK;
    kin_status status = kin_xmp_read(ctx, packet, length, out);
    return status == KIN_OK ? status : kin_fail_prefix(ctx, status, photo);
}

static kin_status read_picasa(kin_context *ctx, const char *photo, const uint8_t *bytes, size_t size, kin_regions *out, size_t *unnamed)
{
    (void)bytes, (void)size;
    return kin_picasa_find(ctx, photo, out, unnamed);
}

static kin_status (*const readers[SOURCES])(kin_context *, const char *, const uint8_t *, size_t, kin_regions *, size_t *) = {
    [SIDECAR] = read_sidecar, [INSIDE] = read_inside, [PICASA] = read_picasa};

static kin_status note_regions(kin_context *ctx, notes *n, source from, const kin_regions *list)
{
    wish *more = realloc(n->wish, (n->count + list->count + 1) * sizeof *more);
    if (!more) return kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    n->wish = more;
    for (size_t i = 0; i < list->count; i++) {
        const kin_region *r = &list->region[i];
        if (!*r->name) continue;
        wish *w = &n->wish[n->count];
        *w = (wish){strdup(r->name), r->area, r->width, r->height, (size_t)from * KINDS + r->kind, NO_FACE, SIZE_MAX};
        if (!w->name) return kin_fail(ctx, KIN_E_MEMORY, "out of memory");
        n->count++;
    }
    return KIN_OK;
}

/* kin_photo_job.glance */
static kin_status read_about(kin_worker *worker, kin_seen *seen, const uint8_t *bytes, size_t size, bool *pass, void *arg)
{
    kin_context *ctx = worker->ctx;
    notes       *n = seen->extra = calloc(1, sizeof *n);
    (void)arg;
    if (!n) return kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    for (source from = 0; from < SOURCES; from++) {
        kin_regions list = kin_regions_make(ctx);
        kin_status  status = readers[from](ctx, seen->path, bytes, size, &list, &n->unnamed);
        if (status == KIN_E_UNSUPPORTED)
            n->unsupported = true;
        else if (status == KIN_OK)
            status = note_regions(ctx, n, from, &list);
        else if (status != KIN_E_MEMORY)
            n->trouble[from] = strdup(kin_error(ctx));
        kin_regions_free(&list);
        if (status == KIN_E_MEMORY) return status;
    }
    *pass = n->count == 0;
    return KIN_OK;
}

/* --- which face is meant --- */

static void settle(notes *n, const kin_seen *seen)
{
    for (size_t i = 0; i < n->count; i++) {
        wish *w = &n->wish[i];
        switch (kin_areas_frame_of(w->width, w->height, seen->width, seen->height, seen->orientation)) {
        case KIN_AREAS_STORED: w->area = kin_area_upright(w->area, seen->orientation); break;
        case KIN_AREAS_UPRIGHT: break;
        case KIN_AREAS_OTHER: w->verdict = ELSEWHERE;
        }
    }
}

/* Whether a region of this name before number `end` has a face or, unless `fits`, was told. */
static bool said(const notes *n, size_t end, const char *name, bool fits)
{
    for (size_t i = 0; i < end; i++)
        if ((!fits || n->wish[i].verdict == FITS) && strcmp(n->wish[i].name, name) == 0) return true;
    return false;
}

typedef struct {
    kin_area *face, *area;
    bool     *taken, *free; /* [faces]: given away; all false */
    size_t   *which, *face_of;
} bench;

static void match_rank(notes *n, size_t faces, size_t rank, const bench *b)
{
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++)
        if (n->wish[i].rank == rank && n->wish[i].verdict != ELSEWHERE && !said(n, n->count, n->wish[i].name, true))
            b->which[count] = i, b->area[count++] = n->wish[i].area;
    kin_areas_match(b->area, count, b->face, faces, b->taken, b->face_of);
    for (size_t i = 0; i < count; i++) {
        wish *w = &n->wish[b->which[i]];
        w->face = b->face_of[i];
        if (w->face != SIZE_MAX) w->verdict = FITS;
    }
}

/* What to say of those that got none. */
static void explain(notes *n, size_t faces, const bench *b)
{
    for (size_t i = 0; i < n->count; i++) {
        wish *w = &n->wish[i];
        if (w->verdict == FITS) continue;
        size_t face;
        if (w->verdict == NO_FACE) {
            kin_areas_match(&w->area, 1, b->face, faces, b->free, &face);
            if (face != SIZE_MAX) w->verdict = NAMED, b->free[face] = false;
        }
        if (said(n, n->count, w->name, true) || said(n, i, w->name, false)) w->verdict = REPEATED;
    }
}

static kin_status match(kin_context *ctx, notes *n, const kin_seen *seen)
{
    const size_t faces = seen->faces.count;
    bench        b = {0};
    kin_status   status = kin_alloc_zero(ctx, faces + 1, sizeof *b.face, &b.face);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, faces + 1, sizeof *b.taken, &b.taken);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, faces + 1, sizeof *b.free, &b.free);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, n->count, sizeof *b.area, &b.area);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, n->count, sizeof *b.which, &b.which);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, n->count, sizeof *b.face_of, &b.face_of);
    if (status == KIN_OK) {
        for (size_t i = 0; i < faces; i++) b.face[i] = kin_seen_area(seen, i);
        settle(n, seen);
        for (size_t rank = 0; rank < (size_t)SOURCES * KINDS; rank++) match_rank(n, faces, rank, &b);
        explain(n, faces, &b);
    }
    kin_release(ctx, b.face);
    kin_release(ctx, b.taken);
    kin_release(ctx, b.free);
    kin_release(ctx, b.area);
    kin_release(ctx, b.which);
    kin_release(ctx, b.face_of);
    return status;
}

/* Only the faces that have a name are embedded and cut out. */
static void leave_others(notes *n, kin_seen *seen)
{
    size_t kept = 0;
    for (size_t face = 0; face < seen->faces.count; face++)
        for (size_t i = 0; i < n->count; i++)
            if (n->wish[i].face == face) {
                n->wish[i].face = kept;
                seen->faces.face[kept++] = seen->faces.face[face];
                break;
            }
    seen->faces.count = kept;
}

static kin_status embed(kin_worker *worker, const kin_image *photo, kin_seen *seen)
{
    const size_t width = kin_embedder_width(worker->embedder);
    seen->vectors = malloc((seen->faces.count * width + 1) * sizeof *seen->vectors);
    if (!seen->vectors) return kin_fail(worker->ctx, KIN_E_MEMORY, "out of memory");
    for (size_t i = 0; i < seen->faces.count; i++)
        KIN_TRY(kin_embed(worker->embedder, photo, &seen->faces.face[i], seen->vectors + i * width));
    return KIN_OK;
}

/* kin_photo_job.look */
static kin_status look(kin_worker *worker, kin_image *photo, kin_seen *seen, void *arg)
{
    notes *n = seen->extra;
    KIN_TRY(match(worker->ctx, n, seen));
    leave_others(n, seen);
    KIN_TRY(embed(worker, photo, seen));
    seen->extra = NULL;
    kin_status status = kin_lesson_cut(worker, photo, seen, arg);
    n->lesson = seen->extra;
    seen->extra = n;
    return status;
}

/* --- keeping --- */

typedef struct {
    char  *name;
    size_t photos, added;
} person;

typedef struct {
    kin_school *school;
    person     *person;
    size_t      people;
    bool        broken, said_unsupported; /* broken: the gallery; what follows is not learnt */
} library;

static person *person_of(library *l, const char *name)
{
    for (size_t i = 0; i < l->people; i++)
        if (strcmp(l->person[i].name, name) == 0) return &l->person[i];
    if ((l->people & (l->people - 1)) == 0) { /* full at powers of two */
        person *more = realloc(l->person, (l->people ? l->people * 2 : 1) * sizeof *more);
        if (!more) return NULL;
        l->person = more;
    }
    l->person[l->people] = (person){.name = strdup(name)};
    return l->person[l->people].name ? &l->person[l->people++] : NULL;
}

static const char *const words[] = {
    [NO_FACE] = "no face was found where the region is",
    [NAMED] = "the face in this region has another name already",
    [ELSEWHERE] = "the region belongs to a picture of another shape",
};

static kin_status learn_one(library *l, const kin_lesson *lesson, const wish *w)
{
    kin_school  *s = l->school;
    kin_context *ctx = s->app->ctx;
    if (w->verdict == REPEATED) return KIN_OK;
    if (kin_gallery_check_name(ctx, w->name) != KIN_OK) {
        kin_school_remark(s, lesson->seen.path, NULL, kin_error(ctx));
        return KIN_OK;
    }
    person *p = person_of(l, w->name);
    if (!p) return kin_fail(ctx, KIN_E_MEMORY, "out of memory");
    p->photos++;
    if (w->verdict == FITS) return kin_school_learn(s, w->name, lesson, w->face, &p->added);
    kin_school_remark(s, lesson->seen.path, w->name, words[w->verdict]);
    return KIN_OK;
}

static kin_status learn(library *l, const kin_lesson *lesson, const notes *n)
{
    kin_gallery *home = l->school->home;
    KIN_TRY(kin_gallery_begin(home));
    kin_status status = KIN_OK;
    for (size_t i = 0; i < n->count && status == KIN_OK; i++) status = learn_one(l, lesson, &n->wish[i]);
    return kin_gallery_end(home, status);
}

/* What the photo itself holds and cannot be read is no reason to complain of the photo. */
static void say_troubles(library *l, const kin_seen *seen, const notes *n)
{
    kin_app *app = l->school->app;
    for (int i = 0; i < SOURCES; i++) {
        if (!n->trouble[i] || (i == INSIDE && app->set.quiet)) continue;
        kin_say("%s", n->trouble[i]);
        if (i != INSIDE) kin_raise(app, EXIT_INPUT);
    }
    if (n->unsupported && !l->said_unsupported) {
        l->said_unsupported = true;
        kin_say("there is no exempi here, which reads XMP: names are taken from Picasa's files only");
    }
    char text[100];
    snprintf(text, sizeof text, "Picasa named %zu face%s here, but who it is does not stand in its file", n->unnamed, n->unnamed == 1 ? "" : "s");
    if (n->unnamed) kin_school_remark(l->school, seen->path, NULL, text);
}

static void notes_free(notes *n)
{
    for (size_t i = 0; i < n->count; i++) free(n->wish[i].name);
    for (int i = 0; i < SOURCES; i++) free(n->trouble[i]);
    free(n->wish);
    free(n);
}

/* kin_photo_job.tell */
static void tell(kin_app *app, kin_seen *seen, void *arg)
{
    library *l = arg;
    notes   *n = seen->extra;
    if (!n) return;
    kin_lesson lesson;
    say_troubles(l, seen, n);
    if (seen->status != KIN_OK || !n->count || l->broken) return;
    seen->extra = n->lesson;
    kin_lesson_keep(&lesson, seen);
    kin_status status = learn(l, &lesson, n);
    l->broken = status != KIN_OK;
    if (l->broken) kin_fail_verb(app, app->ctx, status, KIN_ROLE_GALLERY);
    kin_lesson_free(&lesson);
    notes_free(n);
}

/* kin_photo_job.drop: of what tell left. */
static void drop(kin_seen *seen)
{
    notes *n = seen->extra;
    if (!n) return;
    seen->extra = n->lesson;
    kin_lesson_drop(seen);
    notes_free(n);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const person *)a)->name, ((const person *)b)->name);
}

void kin_enroll_tags(kin_school *s, const char *folder)
{
    kin_app  *app = s->app;
    library   l = {.school = s};
    kin_paths paths;
    char     *arg = (char *)folder;
    s->several = true;
    kin_raise(app, kin_paths_find(app, &arg, 1, &paths));
    kin_photos_see(app, s->models,
                   &(kin_photo_job){.no_vectors = true, .glance = read_about, .look = look, .tell = tell, .drop = drop, .arg = &l}, &paths);
    if (l.people) qsort(l.person, l.people, sizeof *l.person, by_name);
    for (size_t i = 0; i < l.people; i++) {
        kin_school_tell(s, l.person[i].name, l.person[i].photos, l.person[i].added);
        free(l.person[i].name);
    }
    if (!l.people && paths.count && !kin_interrupted()) {
        kin_say("%s: no photo here has a face region with a name", folder);
        kin_raise(app, EXIT_NO);
    }
    free(l.person);
    kin_paths_free(&paths);
}
