/* SPDX-License-Identifier: Apache-2.0
 *
 * A convolution's input as rows of a matrix: row (n, oy, ox) is what the window reads there, `segments` runs of `run`
 * floats (kern/gemm/gemm.h). Where windows reach over the border, lines are first copied with zeros around them.
 */
#ifndef KIN_NN_FAST_ROWS_H
#define KIN_NN_FAST_ROWS_H

#include "nn/fast/fast.h"

typedef struct {
    kin_conv_dims    d;       /* top, left may be negative: the windows begin inside the picture */
    size_t           c;       /* of a group */
    size_t           segments, run;
    size_t           wide;    /* pixels of a line that the rows point into */
    bool             padded;
    const ptrdiff_t *offset;  /* [segments] */
} kin_conv_rows;

/* *fits false: sizes that no scratch memory is made for (pads or strides far beyond the picture). */
kin_status kin_conv_rows_make(kin_binder *binder, const kin_conv_dims *d, kin_conv_rows *out, bool *fits);
/* Input lines that `lines` output lines read. */
size_t kin_conv_rows_lines(const kin_conv_rows *r, size_t lines);
/* Floats of the copy that they need; 0 when none is made. false: too many. */
bool kin_conv_rows_band(const kin_conv_rows *r, size_t lines, size_t *floats);
/* rows[(to - from) * ow]: output lines [from, to) of one picture and group of x; `band` as many floats as above. */
void kin_conv_rows_set(const kin_conv_rows *r, const float *x, size_t picture, size_t group, size_t from, size_t to,
                       float *band, const float **rows);

#endif
