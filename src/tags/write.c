/* SPDX-License-Identifier: Apache-2.0
 *
 * kin's names into a sidecar: MWG regions and PersonInImage, all else as it was. tags.h has the rules.
 */
#include "tags/tags.h"

#ifdef KIN_HAVE_EXEMPI

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tags/xmp.h"

/* In a region's Extensions: the name that kin gave it (if another stands there now, somebody changed it by hand), and whether
 * the region itself is kin's. kin:Persons: names that kin put into PersonInImage. */
#define OUR_NAME "mwg-rs:Extensions/kin:Name"
#define OUR_REGION "mwg-rs:Extensions/kin:Region"
#define PATH_ADDED "kin:Persons"

typedef enum { OF_OTHERS, NAME_OURS, ALL_OURS } owner;

typedef struct {
    int      number; /* in the list, from 1 */
    owner    owner;
    char    *name;
    kin_area area; /* of the upright picture */
    size_t   face; /* SIZE_MAX: none */
} standing;

typedef struct {
    kin_context         *ctx;
    const kin_tag_photo *photo;
    const kin_tag       *tag;
    size_t               count;
    kin_tagged          *tagged;
    XmpPtr               xmp;
    XmpStringPtr         scratch, text;
    bool                 upright; /* the list's areas are of the upright picture */
    standing            *old;
    size_t               olds;
    bool                 changed;
} job;

static const char *region_path(char path[KIN_XMP_PATH], int number, const char *rest)
{
    snprintf(path, KIN_XMP_PATH, PATH_LIST "[%d]%s%s", number, *rest ? "/" : "", rest);
    return path;
}

static kin_status set(job *j, const char *ns, const char *path, const char *value)
{
    j->changed = true;
    return kin_exempi.xmp_set_property(j->xmp, ns, path, value, 0) ? KIN_OK : kin_xmp_fail(j->ctx, path);
}

static kin_status set_number(job *j, const char *path, double value)
{
    char          text[40]; /* a millionth of a picture's side is far below a pixel */
    const int32_t millionths = (int32_t)lround(fmin(fmax(value, 0), 1) * 1e6);
    snprintf(text, sizeof text, "%d.%06d", millionths / 1000000, millionths % 1000000); /* a point in any locale */
    return set(j, NS_MWG, path, text);
}

/* --- what stands there --- */

/* Copies a property and all below it. */
static kin_status copy_tree(job *j, XmpPtr from, const char *ns, const char *name)
{
    XmpIteratorPtr i = kin_exempi.xmp_iterator_new(from, ns, name, XMP_ITER_PROPERTIES | XMP_ITER_OMITQUALIFIERS);
    uint32_t       bits;
    bool           good = i != NULL;
    while (good && kin_exempi.xmp_iterator_next(i, NULL, j->scratch, j->text, &bits)) /* the value of structures and arrays is "" */
        good = kin_exempi.xmp_set_property(j->xmp, ns, kin_exempi.xmp_string_cstr(j->scratch), kin_exempi.xmp_string_cstr(j->text),
                                bits & (XMP_PROP_COMPOSITE_MASK | XMP_PROP_VALUE_IS_URI));
    if (i) kin_exempi.xmp_iterator_free(i);
    return good ? KIN_OK : kin_xmp_fail(j->ctx, name);
}

/* A sidecar hides what the photo says itself from programs that read the one or the other. What stands inside and cannot be
 * read is no reason to leave the names out. */
static kin_status begin_with_inside(job *j)
{
    XmpPtr inside = NULL;
    if (!j->photo->inside || kin_exempi.xmp_has_property(j->xmp, NS_MWG, PATH_REGIONS)) return KIN_OK;
    kin_status status = kin_xmp_parse(j->ctx, j->photo->inside, j->photo->inside_bytes, &inside);
    if (status != KIN_OK) return status == KIN_E_FORMAT ? KIN_OK : status;
    if (kin_exempi.xmp_has_property(inside, NS_MWG, PATH_REGIONS)) status = copy_tree(j, inside, NS_MWG, PATH_REGIONS);
    if (status == KIN_OK && !kin_exempi.xmp_has_property(j->xmp, NS_IPTC, PATH_PERSONS) && kin_exempi.xmp_has_property(inside, NS_IPTC, PATH_PERSONS))
        status = copy_tree(j, inside, NS_IPTC, PATH_PERSONS);
    kin_exempi.xmp_free(inside);
    return status;
}

static owner owner_of(job *j, int number, const char *name)
{
    char path[KIN_XMP_PATH];
    if (!kin_exempi.xmp_get_property(j->xmp, NS_MWG, region_path(path, number, OUR_NAME), j->scratch, NULL) ||
        strcmp(kin_exempi.xmp_string_cstr(j->scratch), name) != 0)
        return OF_OTHERS;
    return kin_exempi.xmp_has_property(j->xmp, NS_MWG, region_path(path, number, OUR_REGION)) ? ALL_OURS : NAME_OURS;
}

static kin_status read_old(job *j)
{
    int n = 0;
    while (n < KIN_REGIONS_MAX && kin_xmp_has(j->xmp, NS_MWG, PATH_LIST, n + 1)) n++;
    if (kin_xmp_has(j->xmp, NS_MWG, PATH_LIST, n + 1))
        return kin_fail(j->ctx, KIN_E_LIMIT, "XMP: more than %d regions", (int)KIN_REGIONS_MAX);
    KIN_TRY(kin_alloc_zero(j->ctx, (size_t)n + 1, sizeof *j->old, &j->old));
    for (int i = 1; i <= n; i++) {
        standing   *s = &j->old[j->olds];
        const char *name;
        *s = (standing){.number = i, .face = SIZE_MAX};
        if (!kin_xmp_mwg_region(j->xmp, i, j->scratch, j->text, &s->area, &name)) continue;
        KIN_TRY(kin_copy_string(j->ctx, name, strlen(name), &s->name));
        j->olds++;
        s->owner = owner_of(j, i, s->name);
    }
    return KIN_OK;
}

/* Which way up the list's picture is; the size that a list without one gets is that of the stored picture. */
static kin_status settle_size(job *j)
{
    const kin_tag_photo *p = j->photo;
    const bool           swaps = p->orientation >= 5;
    double               w, h;
    kin_xmp_mwg_size(j->xmp, j->scratch, &w, &h);
    const kin_areas_frame frame = kin_areas_frame_of(w, h, p->width, p->height, p->orientation);
    j->upright = frame == KIN_AREAS_UPRIGHT;
    if (frame != KIN_AREAS_OTHER) return KIN_OK;
    if (!kin_xmp_has(j->xmp, NS_MWG, PATH_LIST, 1)) { /* of nothing */
        kin_exempi.xmp_delete_property(j->xmp, NS_MWG, PATH_SIZE);
        return KIN_OK;
    }
    return kin_fail(j->ctx, KIN_E_REFUSED, "its regions belong to a picture of %.0f x %.0f, stored here are %d x %d: left as it is", w, h,
                    swaps ? p->height : p->width, swaps ? p->width : p->height);
}

/* --- which face is whose --- */

static kin_status match(job *j)
{
    kin_area  *face = NULL, *area = NULL;
    bool      *taken = NULL;
    size_t    *face_of = NULL, *which = NULL;
    kin_status status = kin_alloc_zero(j->ctx, j->count + 1, sizeof *face, &face);
    if (status == KIN_OK) status = kin_alloc_zero(j->ctx, j->count + 1, sizeof *taken, &taken);
    if (status == KIN_OK) status = kin_alloc_zero(j->ctx, j->olds + 1, sizeof *area, &area);
    if (status == KIN_OK) status = kin_alloc_zero(j->ctx, j->olds + 1, sizeof *face_of, &face_of);
    if (status == KIN_OK) status = kin_alloc_zero(j->ctx, j->olds + 1, sizeof *which, &which);
    for (size_t i = 0; status == KIN_OK && i < j->count; i++) face[i] = j->tag[i].area;
    for (int ours = 0; status == KIN_OK && ours < 2; ours++) { /* others first: kin's own region yields to a name by hand */
        size_t n = 0;
        for (size_t i = 0; i < j->olds; i++)
            if ((j->old[i].owner == ALL_OURS) == ours) which[n] = i, area[n++] = j->old[i].area;
        kin_areas_match(area, n, face, j->count, taken, face_of);
        for (size_t i = 0; i < n; i++) j->old[which[i]].face = face_of[i];
    }
    kin_release(j->ctx, face);
    kin_release(j->ctx, taken);
    kin_release(j->ctx, area);
    kin_release(j->ctx, face_of);
    kin_release(j->ctx, which);
    return status;
}

/* --- writing --- */

static kin_status put_area(job *j, int number, kin_area upright)
{
    const kin_area a = j->upright ? upright : kin_area_stored(upright, j->photo->orientation);
    const double   n[4] = {(a.x0 + a.x1) / 2, (a.y0 + a.y1) / 2, a.x1 - a.x0, a.y1 - a.y0};
    char           path[KIN_XMP_PATH], rest[40];
    for (int i = 0; i < 4; i++) {
        snprintf(rest, sizeof rest, "mwg-rs:Area/stArea:%c", "xywh"[i]);
        KIN_TRY(set_number(j, region_path(path, number, rest), n[i]));
    }
    return set(j, NS_MWG, region_path(path, number, "mwg-rs:Area/stArea:unit"), "normalized");
}

static kin_status put_name(job *j, int number, const char *name)
{
    char path[KIN_XMP_PATH];
    KIN_TRY(set(j, NS_MWG, region_path(path, number, "mwg-rs:Name"), name));
    return set(j, NS_MWG, region_path(path, number, OUR_NAME), name);
}

static bool moved(kin_area a, kin_area b)
{
    const double most = 1e-5;
    return fabs(a.x0 - b.x0) > most || fabs(a.y0 - b.y0) > most || fabs(a.x1 - b.x1) > most || fabs(a.y1 - b.y1) > most;
}

/* A region that has a face. */
static kin_status renew(job *j, const standing *s)
{
    const kin_tag *tag = &j->tag[s->face];
    kin_tagged    *result = &j->tagged[s->face];
    const bool     same = tag->name && strcmp(s->name, tag->name) == 0;
    if (s->owner == OF_OTHERS && *s->name) {
        result->result = same ? KIN_TAG_STANDS : KIN_TAG_BY_HAND;
        return same ? KIN_OK : kin_copy_string(j->ctx, s->name, strlen(s->name), &result->other);
    }
    if (!tag->name) return KIN_OK; /* drop_old */
    result->result = same ? KIN_TAG_STANDS : KIN_TAG_WRITTEN;
    if (!same) KIN_TRY(put_name(j, s->number, tag->name));
    if (s->owner == ALL_OURS && moved(s->area, tag->area)) KIN_TRY(put_area(j, s->number, tag->area));
    return KIN_OK;
}

/* What kin once said and no longer says; the last first, so that numbers stay right. */
static void drop_old(job *j)
{
    char path[KIN_XMP_PATH];
    for (size_t i = j->olds; i-- > 0;) {
        const standing *s = &j->old[i];
        if (s->owner == OF_OTHERS || (s->face != SIZE_MAX && j->tag[s->face].name)) continue;
        j->changed = true;
        if (s->owner == ALL_OURS) {
            kin_exempi.xmp_delete_property(j->xmp, NS_MWG, region_path(path, s->number, ""));
            continue;
        }
        kin_exempi.xmp_delete_property(j->xmp, NS_MWG, region_path(path, s->number, "mwg-rs:Name"));
        kin_exempi.xmp_delete_property(j->xmp, NS_MWG, region_path(path, s->number, OUR_NAME));
    }
}

static kin_status append(job *j, const kin_tag *tag)
{
    char path[KIN_XMP_PATH];
    int  number = 1;
    if (!kin_exempi.xmp_append_array_item(j->xmp, NS_MWG, PATH_LIST, XMP_PROP_VALUE_IS_ARRAY, NULL, XMP_PROP_VALUE_IS_STRUCT))
        return kin_xmp_fail(j->ctx, PATH_LIST);
    while (kin_xmp_has(j->xmp, NS_MWG, PATH_LIST, number + 1)) number++;
    KIN_TRY(put_area(j, number, tag->area));
    KIN_TRY(set(j, NS_MWG, region_path(path, number, "mwg-rs:Type"), "Face"));
    KIN_TRY(set(j, NS_MWG, region_path(path, number, OUR_REGION), "True"));
    return put_name(j, number, tag->name);
}

static kin_status put_regions(job *j)
{
    for (size_t i = 0; i < j->olds; i++)
        if (j->old[i].face != SIZE_MAX) KIN_TRY(renew(j, &j->old[i]));
    drop_old(j);
    for (size_t i = 0; i < j->count; i++) {
        bool has = false;
        for (size_t k = 0; k < j->olds; k++) has |= j->old[k].face == i;
        if (has || !j->tag[i].name) continue;
        KIN_TRY(append(j, &j->tag[i]));
        j->tagged[i].result = KIN_TAG_WRITTEN;
    }
    if (!j->changed) return KIN_OK;
    if (!kin_xmp_has(j->xmp, NS_MWG, PATH_LIST, 1)) { /* nobody is left */
        kin_exempi.xmp_delete_property(j->xmp, NS_MWG, PATH_REGIONS);
        return KIN_OK;
    }
    if (kin_exempi.xmp_has_property(j->xmp, NS_MWG, PATH_SIZE)) return KIN_OK;
    const bool swaps = j->photo->orientation >= 5;
    char       text[16];
    snprintf(text, sizeof text, "%d", swaps ? j->photo->height : j->photo->width);
    KIN_TRY(set(j, NS_MWG, PATH_SIZE "/stDim:w", text));
    snprintf(text, sizeof text, "%d", swaps ? j->photo->width : j->photo->height);
    KIN_TRY(set(j, NS_MWG, PATH_SIZE "/stDim:h", text));
    return set(j, NS_MWG, PATH_SIZE "/stDim:unit", "pixel");
}

/* --- PersonInImage --- */

/* The number of the array's element that is `name`, 0: none. */
static int element(job *j, const char *ns, const char *array, const char *name)
{
    for (int i = 1; i <= 10 * KIN_REGIONS_MAX && kin_exempi.xmp_get_array_item(j->xmp, ns, array, i, j->scratch, NULL); i++)
        if (strcmp(kin_exempi.xmp_string_cstr(j->scratch), name) == 0) return i;
    return 0;
}

static void delete_element(job *j, const char *ns, const char *array, int number)
{
    char path[KIN_XMP_PATH];
    snprintf(path, sizeof path, "%s[%d]", array, number);
    kin_exempi.xmp_delete_property(j->xmp, ns, path);
    if (!kin_xmp_has(j->xmp, ns, array, 1)) kin_exempi.xmp_delete_property(j->xmp, ns, array);
    j->changed = true;
}

/* Whether kin says this name here, as new or as before (`all`: or somebody by hand). */
static bool said(const job *j, const char *name, bool all)
{
    for (size_t i = 0; i < j->count; i++)
        if (j->tag[i].name && strcmp(j->tag[i].name, name) == 0 && j->tagged[i].result != KIN_TAG_BY_HAND) return true;
    for (size_t i = 0; all && i < j->olds; i++)
        if (j->old[i].owner == OF_OTHERS && strcmp(j->old[i].name, name) == 0) return true;
    return false;
}

/* Names that kin added once and says no more go, those that it says and are missing come. */
static kin_status put_persons(job *j)
{
    for (int i = 1; i <= 10 * KIN_REGIONS_MAX && kin_exempi.xmp_get_array_item(j->xmp, NS_KIN, PATH_ADDED, i, j->text, NULL);) {
        if (said(j, kin_exempi.xmp_string_cstr(j->text), true)) {
            i++;
            continue;
        }
        const int person = element(j, NS_IPTC, PATH_PERSONS, kin_exempi.xmp_string_cstr(j->text));
        if (person) delete_element(j, NS_IPTC, PATH_PERSONS, person);
        delete_element(j, NS_KIN, PATH_ADDED, i);
    }
    for (size_t i = 0; i < j->count; i++) {
        const char *name = j->tag[i].name;
        if (!name || j->tagged[i].result == KIN_TAG_BY_HAND || element(j, NS_IPTC, PATH_PERSONS, name)) continue;
        if (!kin_exempi.xmp_append_array_item(j->xmp, NS_IPTC, PATH_PERSONS, XMP_PROP_VALUE_IS_ARRAY, name, 0))
            return kin_xmp_fail(j->ctx, PATH_PERSONS);
        if (!element(j, NS_KIN, PATH_ADDED, name) && !kin_exempi.xmp_append_array_item(j->xmp, NS_KIN, PATH_ADDED, XMP_PROP_VALUE_IS_ARRAY, name, 0))
            return kin_xmp_fail(j->ctx, PATH_ADDED);
        j->changed = true;
    }
    return KIN_OK;
}

/* --- the whole --- */

/* What is written must be readable again: exempi writes some of what it reads (quotes in a namespace's address) so that no
 * parser takes it, and would leave a sidecar that nobody can read. */
static kin_status serialize(job *j, kin_buffer *out)
{
    static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    XmpPtr            again = NULL;
    if (!kin_exempi.xmp_serialize(j->xmp, j->text, XMP_SERIAL_OMITPACKETWRAPPER, 0)) return kin_xmp_fail(j->ctx, "XMP");
    const char  *text = kin_exempi.xmp_string_cstr(j->text);
    const size_t size = kin_exempi.xmp_string_len(j->text);
    kin_status   status = kin_xmp_parse(j->ctx, (const uint8_t *)text, size, &again);
    if (again) kin_exempi.xmp_free(again);
    if (status == KIN_E_FORMAT) return kin_fail(j->ctx, status, "XMP: what it holds cannot be written again so that it can be read: left as it is");
    KIN_TRY(status);
    KIN_TRY(kin_buffer_add(out, head, sizeof head - 1));
    return kin_buffer_add(out, text, size);
}

static kin_status tag_all(job *j, kin_buffer *out)
{
    KIN_TRY(begin_with_inside(j));
    KIN_TRY(settle_size(j));
    KIN_TRY(read_old(j));
    if (!j->upright)
        for (size_t i = 0; i < j->olds; i++) j->old[i].area = kin_area_upright(j->old[i].area, j->photo->orientation);
    KIN_TRY(match(j));
    KIN_TRY(put_regions(j));
    KIN_TRY(put_persons(j));
    return j->changed ? serialize(j, out) : KIN_OK;
}

kin_status kin_xmp_tag(kin_context *ctx, const kin_tag_photo *photo, const kin_tag *tag, size_t count, kin_tagged *tagged,
                       kin_buffer *out)
{
    job j = {.ctx = ctx, .photo = photo, .tag = tag, .count = count, .tagged = tagged};
    for (size_t i = 0; i < count; i++) tagged[i] = (kin_tagged){KIN_TAG_NOTHING, NULL};
    KIN_TRY(kin_xmp_enter(ctx));
    kin_status status = KIN_OK;
    j.scratch = kin_exempi.xmp_string_new();
    j.text = kin_exempi.xmp_string_new();
    if (photo->sidecar)
        status = kin_xmp_parse(ctx, photo->sidecar, photo->sidecar_bytes, &j.xmp);
    else if (!(j.xmp = kin_exempi.xmp_new_empty()))
        status = kin_xmp_fail(ctx, "XMP");
    if (status == KIN_OK) status = tag_all(&j, out);
    for (size_t i = 0; i < j.olds; i++) kin_release(ctx, j.old[i].name);
    kin_release(ctx, j.old);
    if (j.xmp) kin_exempi.xmp_free(j.xmp);
    kin_exempi.xmp_string_free(j.text);
    kin_exempi.xmp_string_free(j.scratch);
    kin_xmp_leave();
    return status;
}

#else

kin_status kin_xmp_tag(kin_context *ctx, const kin_tag_photo *photo, const kin_tag *tag, size_t count, kin_tagged *tagged,
                       kin_buffer *out)
{
    (void)photo, (void)tag, (void)out;
    for (size_t i = 0; i < count; i++) tagged[i] = (kin_tagged){KIN_TAG_NOTHING, NULL};
    return kin_fail(ctx, KIN_E_UNSUPPORTED, "this kin was built without exempi, which writes XMP");
}

#endif
