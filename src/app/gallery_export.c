/* SPDX-License-Identifier: Apache-2.0
 *
 * kin gallery export FILE.tar: gallery.json and the pictures, in folders a person, for people and other programs. A vector is
 * base64 of its float32 numbers, little endian.
 */
#include <stdlib.h>
#include <string.h>

#include "app/base64.h"
#include "app/gallery_part.h"
#include "app/known.h"
#include "base/date.h"
#include "os/files.h"
#include "os/tar.h"

typedef struct {
    kin_app     *app;
    kin_gallery *home;
    kin_new_file file;
    char         folder[80]; /* of the present person: "people/3-Anna" */
    bool         rejections;
    json_t      *list; /* of the present person's faces or rejections; NULL: pictures are written */
    size_t       people, faces, pictures;
} archive;

/* "people/3-Anna": nothing of the name that would mean something to a file system. */
static void folder_name(int64_t id, const char *name, char out[80])
{
    int at = snprintf(out, 80, "people/%lld-", (long long)id), end = at + 32;
    for (const unsigned char *p = (const unsigned char *)name; *p && at < end; p++)
        out[at++] = (char)((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || *p >= 0x80 ? *p : '_');
    while (at > 0 && ((unsigned char)out[at - 1] & 0xC0) == 0x80) at--; /* not half a character */
    if (at > 0 && (unsigned char)out[at - 1] >= 0xC0) at--;
    out[at] = '\0';
}

static void picture_name(const archive *a, int64_t id, char out[KIN_TAR_NAME_MAX + 1])
{
    snprintf(out, KIN_TAR_NAME_MAX + 1, "%s/%s%lld.png", a->folder, a->rejections ? "not-" : "", (long long)id);
}

static json_t *real(float value)
{
    return json_real((double)value); /* nine digits give the very float back */
}

static kin_status add_vector(void *arg, const char *model, const void *vector, size_t bytes)
{
    char *text = kin_base64_write(vector, bytes);
    json_object_set_new(arg, model, text ? json_string(text) : NULL);
    free(text);
    return KIN_OK;
}

static json_t *face_json(const kin_enrolment *e)
{
    const kin_face    *f = &e->face;
    const kin_quality *q = &f->quality;
    char               hash[2 * KIN_HASH_BYTES + 1], date[KIN_DATE_BYTES], taught[KIN_TIME_BYTES];
    json_t            *one = json_object(), *points = json_array();
    for (int i = 0; i < KIN_HASH_BYTES; i++) snprintf(hash + 2 * i, 3, "%02x", e->photo_hash[i]);
    json_object_set_new(one, "photo", kin_json_text(e->photo_name));
    json_object_set_new(one, "photo_hash", json_string(hash));
    json_object_set_new(one, "width", json_integer(e->photo_width));
    json_object_set_new(one, "height", json_integer(e->photo_height));
    if (e->photo_date) json_object_set_new(one, "date", json_string(kin_date_write(e->photo_date, date, sizeof date)));
    if (*kin_time_write(e->taught, taught, sizeof taught)) json_object_set_new(one, "taught", json_string(taught));
    json_object_set_new(one, "box", json_pack("[o,o,o,o]", real(f->box.x0), real(f->box.y0), real(f->box.x1), real(f->box.y1)));
    for (int i = 0; i < KIN_POINTS; i++)
        json_array_append_new(points, json_pack("[o,o]", real(f->points[i].x), real(f->points[i].y)));
    json_object_set_new(one, "points", points);
    json_object_set_new(one, "score", real(f->score));
    json_object_set_new(one, "quality",
                        json_pack("{s:o,s:o,s:o,s:o,s:o}", "size_px", real(q->size_px), "sharpness", real(q->sharpness), "yaw",
                                  real(q->yaw), "pitch", real(q->pitch), "roll", real(q->roll)));
    return one;
}

static kin_status write_file(archive *a, const char *name, const void *bytes, size_t size)
{
    static const uint8_t zeros[KIN_TAR_BLOCK];
    uint8_t              header[KIN_TAR_BLOCK];
    kin_context         *ctx = a->app->ctx;
    kin_status           status = kin_tar_header(ctx, name, size, header);
    if (status == KIN_OK) status = kin_file_append(ctx, &a->file, header, sizeof header);
    if (status == KIN_OK) status = kin_file_append(ctx, &a->file, bytes, size);
    size_t rest = (KIN_TAR_BLOCK - size % KIN_TAR_BLOCK) % KIN_TAR_BLOCK;
    return status == KIN_OK ? kin_file_append(ctx, &a->file, zeros, rest) : status;
}

static kin_status visit(void *arg, const kin_kept *kept)
{
    archive *a = arg;
    char     name[KIN_TAR_NAME_MAX + 1];
    picture_name(a, kept->id, name);
    if (!a->list) {
        if (!kept->face.crop || !kept->face.crop_bytes) return KIN_OK;
        a->pictures++;
        return write_file(a, name, kept->face.crop, kept->face.crop_bytes);
    }
    json_t    *one = face_json(&kept->face), *vectors = json_object();
    kin_status status = kin_gallery_kept_vectors(a->home, kept->id, a->rejections, add_vector, vectors);
    if (kept->face.crop && kept->face.crop_bytes) json_object_set_new(one, "picture", kin_json_text(name));
    json_object_set_new(one, "vectors", vectors);
    json_array_append_new(a->list, one);
    a->faces += !a->rejections;
    return status;
}

static kin_status add_person(archive *a, const kin_person *p, json_t *people)
{
    static const char *const list[] = {"faces", "rejections"};
    json_t    *one = people ? json_object() : NULL;
    kin_status status = KIN_OK;
    char       text[KIN_KNOWN_BYTES];
    folder_name(p->id, p->name, a->folder);
    if (one) {
        json_object_set_new(one, "name", kin_json_text(p->name));
        json_object_set_new(one, "ignored", json_boolean(p->ignored));
        for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) {
            kin_known_fields[i].show(p, text);
            if (*text) json_object_set_new(one, kin_known_fields[i].name, kin_json_text(text));
        }
        json_array_append_new(people, one);
        a->people++;
    }
    for (int i = 0; i < 2 && status == KIN_OK; i++) {
        a->rejections = i == 1;
        a->list = one ? json_array() : NULL;
        status = kin_gallery_kept(a->home, p->id, a->rejections, visit, a);
        if (one) json_object_set_new(one, list[i], a->list);
    }
    return status;
}

static kin_status write_all(archive *a, const kin_people *all)
{
    static const uint8_t end[2 * KIN_TAR_BLOCK];
    json_t    *doc = json_object(), *people = json_array();
    kin_status status = KIN_OK;
    json_object_set_new(doc, "format", json_string("kin gallery"));
    json_object_set_new(doc, "version", json_integer(1));
    json_object_set_new(doc, "people", people);
    for (size_t i = 0; i < all->count && status == KIN_OK; i++) status = add_person(a, &all->person[i], people);
    char *text = status == KIN_OK ? json_dumps(doc, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(doc);
    if (status == KIN_OK && !text) status = kin_fail(a->app->ctx, KIN_E_MEMORY, "out of memory");
    if (status == KIN_OK) status = write_file(a, "gallery.json", text, strlen(text));
    free(text);
    for (size_t i = 0; i < all->count && status == KIN_OK; i++) status = add_person(a, &all->person[i], NULL);
    return status == KIN_OK ? kin_file_append(a->app->ctx, &a->file, end, sizeof end) : status;
}

int kin_part_export(kin_app *app, kin_gallery *home)
{
    archive    a = {.app = app, .home = home};
    kin_people all = {0};
    char       shown[512];
    kin_status status = kin_file_begin(app->ctx, app->arg[1], false, &a.file);
    if (status == KIN_OK) {
        status = kin_gallery_freeze(home); /* the list and the pictures that it names are read one after the other */
        if (status == KIN_OK) {
            status = kin_gallery_people(home, NULL, &all);
            if (status == KIN_OK) status = write_all(&a, &all);
            kin_gallery_thaw(home);
        }
        kin_status end = kin_file_end(app->ctx, &a.file, status == KIN_OK);
        if (status == KIN_OK) status = end;
    }
    kin_people_free(&all);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, status == KIN_E_NOT_FOUND ? KIN_ROLE_OUTPUT : KIN_ROLE_GALLERY);
    if (app->set.json)
        kin_json_print(app, json_pack("{s:o,s:I,s:I,s:I}", "file", kin_json_text(app->arg[1]), "people", (json_int_t)a.people, "faces",
                                      (json_int_t)a.faces, "pictures", (json_int_t)a.pictures));
    else if (app->set.csv) {
        puts("file,people,faces,pictures");
        kin_csv_text(app->arg[1], true);
        printf(",%zu,%zu,%zu\n", a.people, a.faces, a.pictures);
    } else
        printf("%s: %zu people, %zu faces, %zu pictures\n", kin_shown(app->arg[1], shown, sizeof shown), a.people, a.faces, a.pictures);
    return app->exit;
}
