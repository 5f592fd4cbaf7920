/* SPDX-License-Identifier: Apache-2.0
 *
 * Names in photo metadata: who stands where, as XMP sidecars, photos and Picasa's files say it, and as kin writes it.
 * Bytes in, bytes out: this room opens no files. XMP is read and written by exempi; kin_xmp_library says whether it is there.
 *
 * An area is a rectangle in parts of the picture's width and height, 0..1, origin at the top left. Files hold areas of the
 * picture as stored, before its EXIF orientation turns it (MWG guidelines 2.0, 5.9); some programs wrote them of the upright one.
 */
#ifndef KIN_TAGS_TAGS_H
#define KIN_TAGS_TAGS_H

#include "base/memory.h"

typedef struct {
    double x0, y0, x1, y1;
} kin_area;

/* --- area.c --- */

/* The area in the upright picture of one in the stored picture, and back. orientation 1..8. */
kin_area kin_area_upright(kin_area stored, int orientation);
kin_area kin_area_stored(kin_area upright, int orientation);
/* Of which picture a list of regions is that was made for one of `width` x `height` (0: it does not say), by its shape, for
 * regions outlive a change of size: the stored one, the upright one, or (cut since then) neither. upright_width and
 * upright_height are of the upright picture. */
typedef enum { KIN_AREAS_STORED, KIN_AREAS_UPRIGHT, KIN_AREAS_OTHER } kin_areas_frame;
kin_areas_frame kin_areas_frame_of(double width, double height, int upright_width, int upright_height, int orientation);
/* Whether all four are numbers and the rectangle is one, at least in part in the picture. */
bool kin_area_valid(kin_area a);
/* Intersection over union. */
double kin_area_overlap(kin_area a, kin_area b);
/* Gives each region at most one face and each face at most one region, the greatest overlap first. Pairs are those that
 * overlap by 0.4 or whose middles lie each in the other (programs draw faces tight or with all the head).
 * face_of[regions]: the face's number or SIZE_MAX. `taken` [faces]: faces that are given away, before and behind. */
void kin_areas_match(const kin_area *region, size_t regions, const kin_area *face, size_t faces, bool *taken, size_t *face_of);

/* --- a list of regions --- */

typedef enum { KIN_REGION_MWG, KIN_REGION_MICROSOFT, KIN_REGION_PICASA } kin_region_kind;

typedef struct {
    char           *name; /* UTF-8, without blanks around it; "": the region has none */
    kin_area        area;
    kin_region_kind kind;
    double          width, height; /* of the picture that the file has in mind; 0: it does not say */
} kin_region;

typedef struct {
    kin_context *ctx;
    kin_region  *region;
    size_t       count, room;
} kin_regions;

enum { KIN_REGIONS_MAX = 500 }; /* of one file; more are refused */

static inline kin_regions kin_regions_make(kin_context *ctx)
{
    return (kin_regions){ctx, NULL, 0, 0};
}
void kin_regions_free(kin_regions *list);
/* Appends one; the name (`length` bytes, cut at the first NUL) is copied, blanks around it are not. */
kin_status kin_regions_add(kin_regions *list, kin_region_kind kind, const char *name, size_t length, kin_area area,
                           double width, double height);

/* --- packet.c: XMP before a library sees it --- */

/* Longer packets are refused: darktable's, with all its history, have tens of kilobytes. */
enum { KIN_XMP_MAX_BYTES = 4 << 20 };

/* Where the XMP stands in a photo's bytes: JPEG, PNG and WebP by their structure, other formats by the packet's own first
 * and last words. false: none. */
bool kin_xmp_find(const uint8_t *photo, size_t size, const uint8_t **packet, size_t *length);
/* Refuses what no XMP needs and a parser might stumble over, KIN_E_FORMAT: no UTF-8, a document type (entities), elements
 * nested deeper than 40; KIN_E_LIMIT: more than KIN_XMP_MAX_BYTES. */
kin_status kin_xmp_check(kin_context *ctx, const uint8_t *packet, size_t size);

/* --- read.c, write.c, exempi.c --- */

/* "exempi 2.6.3", NULL: kin was built without; then the two below are KIN_E_UNSUPPORTED. */
const char *kin_xmp_library(void);

/* Appends the face regions (MWG, then Microsoft) of a packet or sidecar. KIN_E_FORMAT: no XMP. */
kin_status kin_xmp_read(kin_context *ctx, const uint8_t *packet, size_t size, kin_regions *out);

/* A face that was found. */
typedef struct {
    const char *name; /* NULL: unknown */
    kin_area    area; /* of the upright picture */
} kin_tag;

typedef enum {
    KIN_TAG_NOTHING, /* unknown, and nobody else named it */
    KIN_TAG_WRITTEN, /* the name is new here or was changed */
    KIN_TAG_STANDS,  /* the name stood there already */
    KIN_TAG_BY_HAND  /* somebody else gave this face another name, which stays */
} kin_tag_result;

typedef struct {
    kin_tag_result result;
    char          *other; /* KIN_TAG_BY_HAND: that name (kin_release) */
} kin_tagged;

typedef struct {
    const uint8_t *sidecar; /* what it holds now; NULL: there is none */
    size_t         sidecar_bytes;
    const uint8_t *inside; /* the packet inside the photo; NULL: none */
    size_t         inside_bytes;
    int            width, height, orientation; /* upright size, and how the stored picture was turned */
} kin_tag_photo;

/* What the sidecar should hold, appended to `out`; nothing is appended when it needs no change. tagged[count] says what became
 * of each face.
 *
 * Names go into MWG regions (mwg-rs:Regions) and into Iptc4xmpExt:PersonInImage. All else in the sidecar stays. kin marks
 * its regions (mwg-rs:Extensions, kin:Tagged) and changes or removes only those; a face region of another program gets a name
 * only when it has none. A sidecar without regions begins with those inside the photo, so that it hides none of them.
 * KIN_E_FORMAT: the sidecar is no XMP. KIN_E_REFUSED: its regions belong to a picture of another shape. */
kin_status kin_xmp_tag(kin_context *ctx, const kin_tag_photo *photo, const kin_tag *tag, size_t count, kin_tagged *tagged,
                       kin_buffer *out);

/* Whether the sidecar belongs to another file of the same stem, as its photoshop:SidecarForExtension says ("CR2" beside a
 * JPEG of the same name). `ending` without the dot. */
bool kin_xmp_of_other(kin_context *ctx, const uint8_t *packet, size_t size, const char *ending);

/* --- picasa.c --- */

enum { KIN_PICASA_MAX_BYTES = 4 << 20 };

/* Appends the named regions that a folder's .picasa.ini gives the photo `file` (a name without folder, any case). Names are
 * those of its sections Contacts and Contacts2; *unnamed counts regions of people that are not in them. */
kin_status kin_picasa_read(kin_context *ctx, const uint8_t *ini, size_t size, const char *file, kin_regions *out, size_t *unnamed);

#endif
