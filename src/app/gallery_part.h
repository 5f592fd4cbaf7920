/* SPDX-License-Identifier: Apache-2.0
 *
 * kin gallery WHAT: a function `kin_part_WHAT` a part, which returns the exit status; gallery_verb.c has the table.
 */
#ifndef KIN_APP_GALLERY_PART_H
#define KIN_APP_GALLERY_PART_H

#include "app/answer.h"
#include "gallery/gallery.h"

int kin_part_info(kin_app *app, kin_gallery *home);
int kin_part_check(kin_app *app, kin_gallery *home);
int kin_part_upgrade(kin_app *app, kin_gallery *home);
int kin_part_backup(kin_app *app, kin_gallery *home);
int kin_part_export(kin_app *app, kin_gallery *home);
int kin_part_import(kin_app *app, kin_gallery *home);

/* What came of an archive. */
typedef struct {
    size_t people, faces, rejections, refused; /* new here; refused: of faces and rejections */
} kin_imported;

/* Takes what the bytes of an export hold into the gallery, as one change; `path` is what the archive is called for people. On a
 * status other than KIN_OK the gallery is as it was. KIN_E_FORMAT: no archive, or none of kin's. Nothing of `bytes` is trusted. */
kin_status kin_import_take(kin_context *ctx, kin_gallery *home, const char *path, const uint8_t *bytes, size_t size, kin_imported *out);

#endif
