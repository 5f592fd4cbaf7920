/* SPDX-License-Identifier: Apache-2.0
 *
 * Maps about the middle of a picture: whole numbers are the middles of pixels, so the middle is (size - 1) / 2.
 */
#ifndef KIN_LEARN_AUGMENT_MIDDLE_H
#define KIN_LEARN_AUGMENT_MIDDLE_H

/* m = the linear map a b / c d with the middle staying where it is. */
static inline void kin_about_middle(double a, double b, double c, double d, int width, int height, double m[6])
{
    double x = 0.5 * (width - 1), y = 0.5 * (height - 1);
    m[0] = a, m[1] = b, m[2] = x - a * x - b * y;
    m[3] = c, m[4] = d, m[5] = y - c * x - d * y;
}

#endif
