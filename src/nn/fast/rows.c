/* SPDX-License-Identifier: Apache-2.0
 */
#include "nn/fast/rows.h"

#include <string.h>

enum { BAND_MOST = 64 << 20 /* bytes */ };

size_t kin_conv_rows_lines(const kin_conv_rows *r, size_t lines)
{
    return (lines - 1) * (size_t)r->d.stride_h + (size_t)((r->d.kh - 1) * r->d.dilation_h) + 1;
}

bool kin_conv_rows_band(const kin_conv_rows *r, size_t lines, size_t *floats)
{
    *floats = 0;
    if (!r->padded) return true;
    if (!kin_mul_size(kin_conv_rows_lines(r, lines), r->wide * (size_t)r->d.c, floats)) return false;
    return *floats <= BAND_MOST / sizeof(float);
}

kin_status kin_conv_rows_make(kin_binder *binder, const kin_conv_dims *d, kin_conv_rows *r, bool *fits)
{
    bool   whole_line = d->dilation_w == 1 && d->groups == 1; /* a window's line is one run */
    size_t line;
    *fits = false;
    *r = (kin_conv_rows){.d = *d, .c = (size_t)(d->c / d->groups)};
    r->run = r->c;
    r->wide = (size_t)d->w;
    *fits = d->kh == 0 || d->kw == 0; /* a phase of a stride that no cell of the window meets */
    if (*fits) return KIN_OK;
    r->segments = (size_t)(whole_line ? d->kh : d->kh * d->kw);
    r->run = (whole_line ? (size_t)d->kw : 1) * r->c;
    int64_t bottom = (d->oh - 1) * d->stride_h - d->top + (d->kh - 1) * d->dilation_h;
    int64_t right = (d->ow - 1) * d->stride_w - d->left + (d->kw - 1) * d->dilation_w;
    r->padded = d->top > 0 || d->left > 0 || bottom >= d->h || right >= d->w;
    r->wide = (size_t)(r->padded ? right + d->left + 1 : d->w);
    if (!kin_mul_size(r->wide, (size_t)d->c * sizeof(float), &line) || line > BAND_MOST) return KIN_OK;
    if ((d->kh - 1) * d->dilation_h > BAND_MOST || d->stride_h > BAND_MOST) return KIN_OK;
    ptrdiff_t *offset;
    KIN_TRY(kin_bind_alloc(binder, (r->segments + 1) * sizeof *offset, &offset));
    for (size_t i = 0; i < r->segments; i++) {
        size_t p = whole_line ? i : i / (size_t)d->kw, q = whole_line ? 0 : i % (size_t)d->kw;
        offset[i] = (ptrdiff_t)(p * (size_t)d->dilation_h * r->wide * (size_t)d->c + q * (size_t)(d->dilation_w * d->c));
    }
    r->offset = offset;
    *fits = true;
    return KIN_OK;
}

/* Input lines top .. top + count of `picture` with zeros where they leave it. */
static void copy_band(const kin_conv_rows *r, const float *picture, ptrdiff_t top, size_t count, float *band)
{
    const kin_conv_dims *d = &r->d;
    ptrdiff_t            c = (ptrdiff_t)d->c, wide = (ptrdiff_t)r->wide, w = (ptrdiff_t)d->w;
    ptrdiff_t            left = (ptrdiff_t)d->left > 0 ? (ptrdiff_t)d->left : 0, end = w + (ptrdiff_t)d->left;
    if (left > wide) left = wide;
    if (end > wide) end = wide;
    if (end < left) end = left; /* inside: columns [left, end) */
    for (size_t i = 0; i < count; i++, band += wide * c) {
        ptrdiff_t line = top + (ptrdiff_t)i;
        if (line < 0 || line >= (ptrdiff_t)d->h) {
            memset(band, 0, (size_t)(wide * c) * sizeof *band);
            continue;
        }
        memset(band, 0, (size_t)(left * c) * sizeof *band);
        if (end > left)
            memcpy(band + left * c, picture + (line * w + left - (ptrdiff_t)d->left) * c, (size_t)((end - left) * c) * sizeof *band);
        memset(band + end * c, 0, (size_t)((wide - end) * c) * sizeof *band);
    }
}

void kin_conv_rows_set(const kin_conv_rows *r, const float *x, size_t picture, size_t group, size_t from, size_t to,
                       float *band, const float **rows)
{
    const kin_conv_dims *d = &r->d;
    size_t               c = (size_t)d->c, ow = (size_t)d->ow;
    ptrdiff_t            top = (ptrdiff_t)(from * (size_t)d->stride_h) - (ptrdiff_t)d->top;
    x += picture * (size_t)(d->h * d->w) * c;
    if (r->padded) {
        copy_band(r, x, top, kin_conv_rows_lines(r, to - from), band);
        x = band;
    } else
        x += (top * (ptrdiff_t)r->wide - (ptrdiff_t)d->left) * (ptrdiff_t)c;
    x += group * r->c;
    for (size_t i = 0; i < to - from; i++)
        for (size_t j = 0; j < ow; j++)
            *rows++ = x + (i * (size_t)d->stride_h * r->wide + j * (size_t)d->stride_w) * c;
}
