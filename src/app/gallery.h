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
/* For looking at what is there: where there is no gallery says that nobody is known (EXIT_NO). */
int kin_home_look(kin_app *app, kin_gallery **out);
/* The same for changing it. */
int kin_home_change(kin_app *app, kin_gallery **out);
/* One line about those whose consent is over, unless --quiet; whether there are such. */
bool kin_home_warn(kin_app *app, kin_gallery *home);
/* Says why a call on the gallery failed. KIN_E_REFUSED is an answer: no. Returns app->exit. */
int kin_home_fail(kin_app *app, kin_status status);

#endif
