/* SPDX-License-Identifier: Apache-2.0
 *
 * Photos with who is in them, for the verbs that do something with the names: identify prints them, tag writes them down.
 */
#ifndef KIN_APP_IDENTIFY_H
#define KIN_APP_IDENTIFY_H

#include "app/photos.h"

/* Finds and names the faces of the photos that the command line gives, by the gallery of -g, and calls tell_photo for each
 * photo (as kin_photo_job.tell: one at a time, in order; seen->who is there where status is KIN_OK). Says what is wrong;
 * returns app->exit, raised to EXIT_NO where nobody was named. */
int kin_identify_photos(kin_app *app, void (*tell_photo)(kin_app *app, kin_seen *seen, void *arg), void *arg);

#endif
