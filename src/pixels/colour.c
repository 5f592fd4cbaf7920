/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of other pixel layouts to RGB8.
 */
#include <string.h>

#include "pixels/pixels.h"

/* round(a * b / 255), exact for bytes. */
static inline uint8_t times(unsigned a, unsigned b)
{
    unsigned t = a * b + 128;
    return (uint8_t)((t + (t >> 8)) >> 8);
}

/* Colour c with alpha a before white. */
static inline uint8_t on_white(unsigned c, unsigned a)
{
    return times(c, a) + (uint8_t)(255 - a);
}

void kin_row_rgb(const uint8_t *in, uint8_t *out, size_t n)
{
    memcpy(out, in, n * 3);
}

void kin_row_bgr(const uint8_t *in, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++, in += 3, out += 3) {
        out[0] = in[2];
        out[1] = in[1];
        out[2] = in[0];
    }
}

void kin_row_rgba(const uint8_t *in, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++, in += 4, out += 3)
        for (int c = 0; c < 3; c++) out[c] = on_white(in[c], in[3]);
}

void kin_row_bgra(const uint8_t *in, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++, in += 4, out += 3)
        for (int c = 0; c < 3; c++) out[c] = on_white(in[2 - c], in[3]);
}

void kin_row_gray(const uint8_t *in, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++, out += 3) out[0] = out[1] = out[2] = in[i];
}

/* The plain formula, paper white times what each ink lets through; colour profiles are not looked at. */
void kin_row_cmyk(const uint8_t *in, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++, in += 4, out += 3)
        for (int c = 0; c < 3; c++) out[c] = times(255u - in[c], 255u - in[3]);
}

void kin_row_cmyk_inverted(const uint8_t *in, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++, in += 4, out += 3)
        for (int c = 0; c < 3; c++) out[c] = times(in[c], in[3]);
}
