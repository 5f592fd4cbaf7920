/* SPDX-License-Identifier: Apache-2.0
 *
 * One direction of a separable resize: for each place of the output, which places of the input count how much.
 * Whole-number weights that sum to exactly KIN_AXIS_ONE: flat areas stay flat, and the result is the same everywhere.
 */
#ifndef KIN_PIXELS_AXIS_H
#define KIN_PIXELS_AXIS_H

#include "pixels/pixels.h"

enum { KIN_AXIS_BITS = 14, KIN_AXIS_ONE = 1 << KIN_AXIS_BITS };

typedef struct {
    int      taps;   /* most places that count for one; weight holds `taps` for each output, zeros behind */
    int     *start;  /* first place of the input */
    int     *count;  /* 1..taps */
    int16_t *weight;
} kin_axis;

/* From the stretch low..high (in pixels, 0 <= low < high <= in) of `in` places to `out` places. */
kin_status kin_axis_make(kin_context *ctx, int in, double low, double high, int out, kin_filter filter, kin_axis *axis);
void       kin_axis_free(kin_context *ctx, kin_axis *axis);

#endif
