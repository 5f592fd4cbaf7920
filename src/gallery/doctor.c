/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at a whole gallery: what is in it is read once, then examined in memory.
 */
#include "gallery/doctor.h"

#include <math.h>
#include <string.h>

#include "gallery/store.h"

enum { LANES = 16 };

/* What grows while rows are read; texts are offsets + 1 until all are there. */
typedef struct {
    kin_buffer text, person, face, data;
    size_t     width, stride;
} intake;

static kin_status take_text(kin_gallery *g, intake *in, sqlite3_stmt *row, int column, const char *what, size_t most,
                            const char **out)
{
    const char *text;
    size_t      length;
    KIN_TRY(kin_row_text(g, row, column, what, most, &text, &length));
    *out = (const char *)(uintptr_t)in->text.size;
    return kin_buffer_add(&in->text, text, length + 1);
}

static kin_status take_vector(kin_gallery *g, intake *in, sqlite3_stmt *row)
{
    float vector[KIN_EMBEDDING_MAX + LANES];
    KIN_TRY(kin_row_vector(g, row, 10, in->width, in->stride, vector));
    return kin_buffer_add(&in->data, vector, in->stride * sizeof *vector);
}

/* Row: person, name, ignored, photo name, size, sharpness, yaw, pitch, roll, face, vector (NULL: a person without). */
static kin_status take_row(kin_gallery *g, intake *in, sqlite3_stmt *row)
{
    size_t            people = in->person.size / sizeof(kin_person_check);
    kin_person_check *last = people ? (kin_person_check *)(void *)in->person.data + people - 1 : NULL;
    if (!last || last->id != sqlite3_column_int64(row, 0)) {
        kin_person_check fresh = {.id = sqlite3_column_int64(row, 0),
                                  .ignored = sqlite3_column_int64(row, 2) != 0,
                                  .first = in->face.size / sizeof(kin_face_finding)};
        KIN_TRY(take_text(g, in, row, 1, "name", KIN_NAME_MAX, &fresh.name));
        KIN_TRY(kin_buffer_add(&in->person, &fresh, sizeof fresh));
        last = (kin_person_check *)(void *)in->person.data + people++;
    }
    if (sqlite3_column_type(row, 10) == SQLITE_NULL) return KIN_OK;
    kin_face_finding face = {.face = sqlite3_column_int64(row, 9), .person = people - 1, .twin = KIN_NO_INDEX,
                             .nearest = KIN_NO_INDEX};
    face.quality = (kin_quality){(float)sqlite3_column_double(row, 4), (float)sqlite3_column_double(row, 5),
                                 (float)sqlite3_column_double(row, 6), (float)sqlite3_column_double(row, 7),
                                 (float)sqlite3_column_double(row, 8)};
    KIN_TRY(take_text(g, in, row, 3, "photo name", KIN_PHOTO_NAME_MAX, &face.photo));
    KIN_TRY(take_vector(g, in, row));
    last->faces++;
    return kin_buffer_add(&in->face, &face, sizeof face);
}

static kin_status take_rows(kin_gallery *g, intake *in, int64_t model)
{
    sqlite3_stmt *row;
    KIN_TRY(kin_sql_open(g, &row,
                         "SELECT p.id, p.name, p.ignored, f.photo_name, f.size_px, f.sharpness, f.yaw, f.pitch, f.roll,"
                         " f.id, e.vector"
                         " FROM person p LEFT JOIN (face f JOIN embedding e ON e.face = f.id AND e.model = ?1)"
                         " ON f.person = p.id ORDER BY p.id, f.id",
                         "i", model));
    kin_status status = KIN_OK;
    while (kin_sql_next(g, row, &status))
        status = kin_cancelled(g->ctx) ? kin_fail(g->ctx, KIN_E_CANCELLED, "interrupted") : take_row(g, in, row);
    kin_sql_close(row);
    return status;
}

/* Hands what was read over to the diagnosis. */
static void hand_over(intake *in, kin_diagnosis *d)
{
    d->person = (kin_person_check *)(void *)in->person.data;
    d->people = in->person.size / sizeof *d->person;
    d->face = (kin_face_finding *)(void *)in->face.data;
    d->faces = in->face.size / sizeof *d->face;
    d->text = (char *)in->text.data;
    for (size_t i = 0; i < d->people; i++) d->person[i].name = d->text + (uintptr_t)d->person[i].name;
    for (size_t i = 0; i < d->faces; i++) d->face[i].photo = d->text + (uintptr_t)d->face[i].photo;
}

static kin_status examine(kin_gallery *g, const kin_impostor_tail *tail, intake *in, kin_diagnosis *d)
{
    kin_ward w = {.ctx = g->ctx, .tail = tail, .d = d, .width = in->width, .stride = in->stride,
                  .data = (float *)(void *)in->data.data};
    size_t   floats, bytes;
    if (!kin_mul_size(d->people + 1, in->stride, &floats) || !kin_mul_size(floats, sizeof(double), &bytes))
        return kin_fail(g->ctx, KIN_E_LIMIT, "%s: too many people", g->path);
    kin_status status = kin_alloc(g->ctx, bytes, &w.sum);
    if (status == KIN_OK) status = kin_alloc(g->ctx, (d->people + 1) * sizeof *w.length, &w.length);
    if (status == KIN_OK) status = kin_ward_faces(&w);
    if (status == KIN_OK) status = kin_ward_people(&w, g->fpir, g->threshold);
    kin_release(g->ctx, w.sum);
    kin_release(g->ctx, w.length);
    return status;
}

static kin_status diagnose(kin_gallery *g, const char *model, const kin_impostor_tail *tail, kin_diagnosis *d)
{
    int64_t id;
    intake  in = {kin_buffer_make(g->ctx), kin_buffer_make(g->ctx), kin_buffer_make(g->ctx), kin_buffer_make(g->ctx),
                  1, LANES};
    KIN_TRY(kin_tail_check(g->ctx, tail));
    KIN_TRY(kin_model_find(g, model, &id, &in.width));
    in.stride = kin_align_up(in.width, LANES);
    kin_status status = take_rows(g, &in, id);
    hand_over(&in, d);
    if (status == KIN_OK) status = examine(g, tail, &in, d);
    kin_buffer_free(&in.data);
    return status;
}

kin_status kin_gallery_diagnose(kin_gallery *g, const char *model, const kin_impostor_tail *tail, kin_diagnosis *out)
{
    kin_enter(g->ctx);
    *out = (kin_diagnosis){.ctx = g->ctx};
    kin_status status = diagnose(g, model, tail, out);
    if (status != KIN_OK) kin_diagnosis_free(out);
    kin_leave(g->ctx);
    return status;
}

void kin_diagnosis_free(kin_diagnosis *d)
{
    kin_context *ctx = d->ctx;
    if (ctx) {
        kin_enter(ctx);
        kin_release(ctx, d->person);
        kin_release(ctx, d->face);
        kin_release(ctx, d->pair);
        kin_release(ctx, d->text);
        kin_leave(ctx);
    }
    *d = (kin_diagnosis){.ctx = ctx};
}
