/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands about a photo beside it and inside it: its sidecar, its own XMP, its folder's .picasa.ini.
 */
#ifndef KIN_APP_SIDECAR_H
#define KIN_APP_SIDECAR_H

#include "app/photos.h"
#include "tags/tags.h"

/* The sidecar that a photo has: "photo.jpg.xmp", else "photo.xmp" unless that says that it belongs to another file of this
 * stem; else (*there false) the name that a new one gets, "photo.jpg.xmp". kin_release *path.
 *
 * Why so: digiKam and darktable write photo.jpg.xmp, Immich reads it first and photo.xmp otherwise. Adobe's photo.xmp is that of
 * a raw file; a JPEG of the same name would share it. Lightroom reads sidecars of JPEGs under neither name. */
kin_status kin_sidecar_find(kin_context *ctx, const char *photo, char **path, bool *there);

/* Appends the named regions of the photo in its folder's .picasa.ini (Picasa.ini of its first versions), if there is one;
 * *unnamed as kin_picasa_read counts them. Errors name the file. */
kin_status kin_picasa_find(kin_context *ctx, const char *photo, kin_regions *out, size_t *unnamed);

/* Where a face stands in the upright photo. Boxes reach past the edge where faces do; regions end there. */
kin_area kin_seen_area(const kin_seen *seen, size_t face);

/* A file of XMP, checked for size. kin_release *bytes. */
kin_status kin_sidecar_read(kin_context *ctx, const char *path, uint8_t **bytes, size_t *size);

/* The XMP inside a photo; *packet NULL: none. It points into *bytes, kin_release those. */
kin_status kin_inside_read(kin_context *ctx, const char *photo, uint8_t **bytes, const uint8_t **packet, size_t *size);

#endif
