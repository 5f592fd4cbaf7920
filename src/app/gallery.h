/* SPDX-License-Identifier: Apache-2.0
 *
 * What the verbs share around the gallery.
 */
#ifndef KIN_APP_GALLERY_H
#define KIN_APP_GALLERY_H

#include "app/photos.h"

/* Opens the gallery of -g (or the default one), for writing or for looking only. *out is NULL with EXIT_DONE when it is
 * looked for and there is none yet: nobody is known. Says what is wrong; returns the exit status. */
int kin_home_open(kin_app *app, bool write, kin_gallery **out);

#endif
