/* SPDX-License-Identifier: Apache-2.0
 *
 * kin gallery import FILE.tar: what an export holds goes into this gallery, as if it were taught here: names are checked, doubles
 * are doubles, rejections hold. The archive may be anybody's: nothing of it is unpacked or becomes a path, and every number is
 * looked at. One change, which kin undo takes back.
 */
#include <stdlib.h>
#include <string.h>

#include "app/base64.h"
#include "app/gallery_part.h"
#include "app/known.h"
#include "base/context.h"
#include "base/date.h"
#include "os/files.h"
#include "os/tar.h"

typedef struct {
    kin_context   *ctx;
    kin_gallery   *home;
    const char    *path;  /* of the archive, for people */
    kin_tar_entry *entry; /* all files, by name */
    size_t         entries;
    kin_imported   sum;
} intake;

/* --- the archive --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const kin_tar_entry *)a)->name, ((const kin_tar_entry *)b)->name);
}

static const kin_tar_entry *find_entry(const intake *in, const char *name)
{
    kin_tar_entry key = {.name = ""};
    if (!name || strlen(name) > KIN_TAR_NAME_MAX) return NULL;
    memcpy(key.name, name, strlen(name) + 1);
    return in->entries ? bsearch(&key, in->entry, in->entries, sizeof key, by_name) : NULL;
}

static kin_status read_entries(intake *in, const uint8_t *bytes, size_t size)
{
    kin_context *ctx = in->ctx;
    kin_buffer   list = kin_buffer_make(ctx);
    size_t       at = 0;
    bool         more = true;
    kin_status   status = KIN_OK;
    while (status == KIN_OK && more) {
        kin_tar_entry entry = {.name = ""};
        status = kin_tar_next(ctx, bytes, size, &at, &entry, &more);
        if (status == KIN_OK && more) status = kin_buffer_add(&list, &entry, sizeof entry);
    }
    in->entry = (kin_tar_entry *)(void *)list.data;
    in->entries = list.size / sizeof *in->entry;
    if (in->entries) qsort(in->entry, in->entries, sizeof *in->entry, by_name);
    return status;
}

/* --- one face --- */

static bool numbers(const json_t *list, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        if (!json_is_number(one)) return false;
        out[i] = (float)json_number_value(one);
    }
    return json_array_size(list) == count;
}

static bool read_hash(const char *text, uint8_t out[KIN_HASH_BYTES])
{
    if (!text || strspn(text, "0123456789abcdef") != 2 * KIN_HASH_BYTES || text[2 * KIN_HASH_BYTES]) return false;
    for (int i = 0; i < KIN_HASH_BYTES; i++) {
        char two[3] = {text[2 * i], text[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(two, NULL, 16);
    }
    return true;
}

static float number_of(const json_t *object, const char *key)
{
    return (float)json_number_value(json_object_get(object, key)); /* 0 where there is none */
}

/* A date, 0 where there is none. */
static int date_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    int         date = 0;
    return text && kin_date_read(text, &date) ? date : 0;
}

/* What kin_gallery_add does not check itself. */
static bool read_face(const json_t *one, kin_enrolment *e)
{
    const json_t *points = json_object_get(one, "points"), *quality = json_object_get(one, "quality");
    *e = (kin_enrolment){.photo_name = json_string_value(json_object_get(one, "photo"))};
    json_int_t width = json_integer_value(json_object_get(one, "width")), height = json_integer_value(json_object_get(one, "height"));
    if (!e->photo_name || width < 1 || height < 1 || width > 1 << 20 || height > 1 << 20) return false;
    if (!read_hash(json_string_value(json_object_get(one, "photo_hash")), e->photo_hash)) return false;
    if (!numbers(json_object_get(one, "box"), 4, &e->face.box.x0) || json_array_size(points) != KIN_POINTS) return false;
    for (size_t i = 0; i < KIN_POINTS; i++)
        if (!numbers(json_array_get(points, i), 2, &e->face.points[i].x)) return false;
    e->photo_width = (int)width;
    e->photo_height = (int)height;
    e->photo_date = date_of(one, "date");
    const char *taught = json_string_value(json_object_get(one, "taught")); /* an older export does not say: now */
    if (!taught || !kin_time_read(taught, &e->taught)) e->taught = 0;
    e->face.score = number_of(one, "score");
    e->face.quality = (kin_quality){number_of(quality, "size_px"), number_of(quality, "sharpness"), number_of(quality, "yaw"),
                                    number_of(quality, "pitch"), number_of(quality, "roll")};
    return true;
}

/* What is not one face's fault. */
static bool ends_all(kin_status status)
{
    return status == KIN_E_MEMORY || status == KIN_E_CANCELLED || status == KIN_E_DISK || status == KIN_E_DATABASE || status == KIN_E_IO;
}

/* A face without a picture, or with one that cannot be read, is taken without. */
static kin_status read_picture(const intake *in, const json_t *one, kin_enrolment *e)
{
    const kin_tar_entry *picture = find_entry(in, json_string_value(json_object_get(one, "picture")));
    kin_image           *image = NULL;
    if (!picture || picture->size > KIN_CROP_MAX_BYTES) return KIN_OK;
    kin_status status = kin_image_read_memory(in->ctx, picture->data, picture->size, &image);
    kin_image_free(image);
    if (status != KIN_OK) return ends_all(status) ? status : KIN_OK;
    e->crop = picture->data;
    e->crop_bytes = picture->size;
    return KIN_OK;
}

/* What an import does with a vector of a face. `name` may change: an ignored one gets a number here. */
typedef kin_status (*use)(intake *in, char *name, const char *model, size_t width, const float *vector, const kin_enrolment *e);

static kin_status teach(intake *in, char *name, const char *model, size_t width, const float *vector, const kin_enrolment *e)
{
    kin_enrolled done;
    KIN_TRY(kin_gallery_add(in->home, name, model, width, vector, e, &done));
    in->sum.people += done.new_person;
    in->sum.faces += done.new_face;
    return KIN_OK;
}

static kin_status ignore_first(intake *in, char *name, const char *model, size_t width, const float *vector, const kin_enrolment *e)
{
    if (*name) return teach(in, name, model, width, vector, e);
    return kin_gallery_ignore(in->home, model, width, vector, e, name);
}

static kin_status bar(intake *in, char *name, const char *model, size_t width, const float *vector, const kin_enrolment *e)
{
    kin_rejected done;
    KIN_TRY(kin_gallery_reject(in->home, name, model, width, vector, e, &done));
    in->sum.rejections += done.new_rejection;
    return KIN_OK;
}

/* A face that cannot be taken is counted, the others go on; only what ends everything is returned. */
static kin_status take_face(intake *in, char *name, const json_t *one, use with)
{
    kin_enrolment e;
    json_t       *vectors = json_object_get(one, "vectors"), *text;
    const char   *model;
    bool          refused = !read_face(one, &e) || !json_object_size(vectors);
    if (!refused) KIN_TRY(read_picture(in, one, &e));
    if (!refused) json_object_foreach(vectors, model, text) {
        float      vector[KIN_EMBEDDING_MAX];
        size_t     bytes;
        const char *value = json_string_value(text);
        if (!value || !kin_base64_read(value, vector, sizeof vector, &bytes) || bytes % sizeof *vector) {
            refused = true;
            continue;
        }
        kin_status status = with(in, name, model, bytes / sizeof *vector, vector, &e);
        if (ends_all(status)) return status;
        refused = refused || status != KIN_OK;
    }
    in->sum.refused += refused;
    return KIN_OK;
}

/* --- everybody --- */

/* What is known here already stands; what makes no sense is not known. */
static kin_status take_known(intake *in, const char *name, const json_t *person)
{
    kin_person known;
    kin_status status = kin_gallery_person(in->home, name, NULL, &known);
    if (status != KIN_OK) return ends_all(status) ? status : KIN_OK;
    for (size_t i = 0; i < KIN_KNOWN_FIELDS; i++) {
        const kin_known_field *field = &kin_known_fields[i];
        const char            *given = json_string_value(json_object_get(person, field->name));
        char                   here[KIN_KNOWN_BYTES];
        field->show(&known, here);
        status = given && !*here ? field->set(in->ctx, in->home, name, given) : KIN_OK;
        if (status != KIN_OK && status != KIN_E_USAGE) return status;
    }
    return KIN_OK;
}

static kin_status take_person(intake *in, const json_t *person)
{
    char          name[KIN_NAME_MAX + 1] = "";
    const json_t *given = json_object_get(person, "name"), *list = json_object_get(person, "faces"), *one;
    const bool    ignored = json_is_true(json_object_get(person, "ignored"));
    size_t        i;
    if (!json_is_string(given) || json_string_length(given) > KIN_NAME_MAX ||
        kin_gallery_check_name(in->ctx, json_string_value(given)) != KIN_OK) {
        in->sum.refused += json_array_size(list);
        return KIN_OK;
    }
    if (!ignored) snprintf(name, sizeof name, "%s", json_string_value(given));
    json_array_foreach(list, i, one) KIN_TRY(take_face(in, name, one, ignored ? ignore_first : teach));
    if (*name) json_array_foreach(json_object_get(person, "rejections"), i, one) KIN_TRY(take_face(in, name, one, bar));
    return *name ? take_known(in, name, person) : KIN_OK;
}

static kin_status take_all(intake *in, const json_t *doc)
{
    const json_t *people = json_object_get(doc, "people"), *one;
    const char   *format = json_string_value(json_object_get(doc, "format"));
    size_t        i;
    if (!format || strcmp(format, "kin gallery") != 0 || json_integer_value(json_object_get(doc, "version")) != 1 || !json_is_array(people))
        return kin_fail(in->ctx, KIN_E_FORMAT, "%s: gallery.json is not a kin gallery of version 1", in->path);
    KIN_TRY(kin_gallery_begin(in->home));
    kin_status status = KIN_OK;
    json_array_foreach(people, i, one) {
        status = take_person(in, one);
        if (status != KIN_OK) break;
    }
    if (status == KIN_OK) status = kin_gallery_call_change(in->home, "import");
    return kin_gallery_end(in->home, status);
}

static kin_status take_bytes(intake *in, const uint8_t *bytes, size_t size)
{
    json_error_t         error;
    kin_status           status = read_entries(in, bytes, size);
    const kin_tar_entry *doc = status == KIN_OK ? find_entry(in, "gallery.json") : NULL;
    if (status != KIN_OK) return kin_fail_prefix(in->ctx, status, in->path);
    if (!doc) return kin_fail(in->ctx, KIN_E_FORMAT, "%s: no gallery.json in it", in->path);
    json_t *json = json_loadb((const char *)doc->data, doc->size, JSON_REJECT_DUPLICATES, &error);
    if (!json && !*error.text) return kin_fail(in->ctx, KIN_E_MEMORY, "out of memory"); /* jansson says nothing then */
    if (!json) return kin_fail(in->ctx, KIN_E_FORMAT, "%s: gallery.json: line %d: %s", in->path, error.line, error.text);
    status = take_all(in, json);
    json_decref(json);
    return status;
}

kin_status kin_import_take(kin_context *ctx, kin_gallery *home, const char *path, const uint8_t *bytes, size_t size, kin_imported *out)
{
    intake     in = {.ctx = ctx, .home = home, .path = path};
    kin_status status = take_bytes(&in, bytes, size);
    kin_release(ctx, in.entry);
    *out = in.sum;
    return status;
}

int kin_part_import(kin_app *app, kin_gallery *home)
{
    kin_imported sum;
    uint8_t     *bytes;
    size_t       size;
    kin_status   status = kin_file_read(app->ctx, app->arg[1], 0, &bytes, &size);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, KIN_ROLE_PHOTO);
    status = kin_import_take(app->ctx, home, app->arg[1], bytes, size, &sum);
    kin_release(app->ctx, bytes);
    if (status != KIN_OK) return kin_fail_verb(app, app->ctx, status, status == KIN_E_FORMAT ? KIN_ROLE_PHOTO : KIN_ROLE_GALLERY);
    if (sum.refused) kin_raise(app, EXIT_NO);
    if (app->set.json)
        kin_json_print(app, json_pack("{s:I,s:I,s:I,s:I}", "people", (json_int_t)sum.people, "faces", (json_int_t)sum.faces, "rejections",
                                      (json_int_t)sum.rejections, "refused", (json_int_t)sum.refused));
    else if (app->set.csv)
        printf("people,faces,rejections,refused\n%zu,%zu,%zu,%zu\n", sum.people, sum.faces, sum.rejections, sum.refused);
    else
        printf("%zu new people, %zu new faces, %zu new rejections\n", sum.people, sum.faces, sum.rejections);
    if (sum.refused && !app->set.quiet) kin_say("%zu faces were refused: damaged, or rejected for this person here", sum.refused);
    return app->exit;
}
