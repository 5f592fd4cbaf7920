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

#endif
