/* SPDX-License-Identifier: Apache-2.0
 *
 * Words on pictures, for sheets that people look at.
 */
#ifndef KIN_IMAGE_DRAW_H
#define KIN_IMAGE_DRAW_H

#include "pixels/pixels.h"

/* Writes `text` (any bytes; cut to what fits into `width` pixels, with "..." behind) with the left end of its line at (x, y),
 * letters of `size` pixels, colour 0xRRGGBB. KIN_E_UNSUPPORTED: no cairo on this machine. */
kin_status kin_draw_text(kin_image *image, double x, double y, double size, double width, uint32_t colour, const char *text);

#endif
