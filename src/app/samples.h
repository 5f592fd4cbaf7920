/* SPDX-License-Identifier: Apache-2.0
 *
 * Labelled photos -> a vector each, for verbs that measure.
 */
#ifndef KIN_APP_SAMPLES_H
#define KIN_APP_SAMPLES_H

#include "app/photos.h"

typedef struct {
    kin_paths paths;
    size_t    width;  /* of a vector */
    float    *vector; /* [paths.count, width] of the face that counts */
    kin_face *face;   /* [paths.count]: that one; the whole photo where there is none */
    bool     *seen;   /* [paths.count]: a face was found; else the vector is that of the photo's middle */
    size_t    faceless, failed; /* photos without a face; that could not be read */
    size_t    told;
    size_t    people;
    size_t   *person; /* [paths.count]: whose folder it lies in, rising; NULL unless kin_samples_find */
    char    **name;   /* [people]: of the folders */
} kin_samples;

/* The photos below `folder`, which holds a folder a person. Says what is wrong; returns the exit status. */
int kin_samples_find(kin_app *app, char *folder, kin_samples *samples);

/* Embeds the face that counts of each photo of samples->paths; of a photo without a face the middle, as a square of 0.6
 * of the shorter side. Raises app->exit for what fails and returns it. */
int  kin_samples_embed(kin_app *app, const kin_models *models, kin_samples *samples);
void kin_samples_free(kin_samples *samples);

/* Cosine of two of them. */
double kin_samples_similarity(const kin_samples *samples, size_t a, size_t b);

#endif
