/* SPDX-License-Identifier: Apache-2.0
 *
 * A few weighted neighbours of each pixel: what blurs are made of.
 */
#ifndef KIN_LEARN_AUGMENT_CONVOLVE_H
#define KIN_LEARN_AUGMENT_CONVOLVE_H

#include "pixels/pixels.h"

typedef struct {
    int   x, y; /* how far the neighbour is, at most `reach` */
    float weight;
} kin_tap;

/* Replaces each pixel by the sum of `count` neighbours by their weights, which are not negative and sum to one. Outside stands
 * the mirror image of the picture. Scratch memory from image->ctx. */
kin_status kin_convolve(kin_image *image, const kin_tap *taps, size_t count, int reach);

#endif
