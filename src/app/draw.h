/* SPDX-License-Identifier: Apache-2.0
 *
 * -o: the photo with boxes, points and names. A file (or - for standard output) for one photo, a folder for several.
 */
#ifndef KIN_APP_DRAW_H
#define KIN_APP_DRAW_H

#include "app/photos.h"

/* Draws on the worker's own copy and writes it; does nothing without -o. */
kin_status kin_draw_seen(kin_worker *worker, kin_image *photo, const kin_seen *seen);

/* Before any photo is seen: several photos (and crops, `folder`) need a folder, which is made when it is not there. Says
 * what is wrong; returns the exit status. */
int kin_output_check(kin_app *app, size_t photos, bool folder);
/* Whether the picture itself goes to standard output (-o -), so that nothing else may. */
bool kin_output_is_stream(const kin_app *app);

/* "DIR/beach" + `suffix` for the photo "a/beach.jpg"; "DIR/beach~2..." for the next one of that stem, so that none
 * overwrites another. false when it does not fit. */
bool kin_output_path(const char *folder, const kin_seen *photo, const char *suffix, char *out, size_t size);

/* The picture as a PNG to standard output (-o -). */
kin_status kin_output_stream(kin_context *ctx, const kin_image *picture);
/* kin_image_write for what the command makes: overwrites no photo (KIN_E_USAGE); whatever else is wrong there is the
 * output's fault (KIN_E_DISK), not the photo's. */
kin_status kin_output_write(kin_worker *worker, const kin_image *picture, const char *path);

#endif
