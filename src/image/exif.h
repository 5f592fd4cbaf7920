/* SPDX-License-Identifier: Apache-2.0
 *
 * The two things that kin wants from a photo's EXIF data: which way is up, and when it was taken.
 */
#ifndef KIN_IMAGE_EXIF_H
#define KIN_IMAGE_EXIF_H

#include "pixels/pixels.h"

typedef struct {
    int  orientation;            /* 1..8, 1 when not given or nonsense */
    char taken[KIN_TAKEN_BYTES]; /* "2024:07:31 18:02:11"; shorter, or blanks behind the year, where that is not known; "" */
} kin_exif;

/* Reads `size` bytes that begin with a TIFF header (EXIF 2.32, 4.5 and 4.6; of JPEG's APP1 what follows "Exif\0\0", of
 * PNG the eXIf chunk). Never fails: what is damaged is as if it were not there. */
kin_exif kin_exif_read(const uint8_t *bytes, size_t size);

#endif
