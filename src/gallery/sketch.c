/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes for numbers, and the bound. All is rounded up.
 */
#include "gallery/sketch.h"

#include <math.h>
#include <string.h>

enum { LANES = 16, BLOCK = 256, BYTE_MOST = 127 };

kin_status kin_sketch_grow(kin_context *ctx, kin_sketch *s, size_t room)
{
    size_t bytes;
    if (!kin_mul_size(room, s->n + sizeof(float), &bytes)) return kin_fail(ctx, KIN_E_LIMIT, "too many vectors");
    KIN_TRY(kin_realloc(ctx, &s->code, room * s->n));
    KIN_TRY(kin_realloc(ctx, &s->step, room * sizeof(float)));
    KIN_TRY(kin_realloc(ctx, &s->error, room * sizeof(float)));
    s->room = room;
    return KIN_OK;
}

void kin_sketch_free(kin_context *ctx, kin_sketch *s)
{
    if (s->code) memset(s->code, 0, s->room * s->n);
    kin_release(ctx, s->code);
    kin_release(ctx, s->step);
    kin_release(ctx, s->error);
    *s = (kin_sketch){0};
}

/* Lanes, here and below, so that the compiler makes vectors of them: a gallery is sketched whenever it is loaded. */
static float largest(const float *x, size_t n)
{
    float lane[LANES] = {0}, most = 0;
    for (size_t i = 0; i < n; i += LANES)
        for (size_t l = 0; l < LANES; l++) lane[l] = fabsf(x[i + l]) > lane[l] ? fabsf(x[i + l]) : lane[l];
    for (size_t l = 0; l < LANES; l++) most = lane[l] > most ? lane[l] : most;
    return most;
}

void kin_sketch_row(kin_sketch *s, size_t row, const float *restrict x)
{
    float   most = largest(x, s->n), codes = most > 1e-30f ? BYTE_MOST / most : 0; /* 1 / denormal is infinite */
    float   step = codes > 0 ? most / BYTE_MOST : 0, lane[LANES] = {0};
    double  square = 0;
    int8_t *restrict code = s->code + row * s->n;
    for (size_t i = 0, n = s->n; i < n; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            int   whole = (int)(x[i + l] * codes + copysignf(0.5f, x[i + l]));
            float rest = x[i + l] - step * (float)whole;
            code[i + l] = (int8_t)whole;
            lane[l] += rest * rest;
        }
    for (size_t l = 0; l < LANES; l++) square += (double)lane[l];
    s->step[row] = step;
    s->error[row] = (float)(sqrt(square) * (1 + 1e-4) + 1e-6); /* rounding: n / 16 squares a lane; 2^-24 |x| in the rests */
}

void kin_sketch_ask(const kin_sketch *s, const float *q, kin_sketch_query *query)
{
    /* The greatest codes with which no sum of products passes 31 bits. */
    int    end = INT32_MAX / BYTE_MOST / (int)s->n, top = end < INT16_MAX ? end : INT16_MAX;
    float  most = largest(q, s->n);
    double codes = most > 1e-30f ? top / (double)most : 0, length = 0, left = 0;
    query->scale = most / (float)top;
    for (size_t i = 0; i < s->n; i++) {
        query->code[i] = (int16_t)lrint((double)q[i] * codes);
        double kept = (double)query->scale * query->code[i], rest = (double)q[i] - kept;
        length += kept * kept;
        left += rest * rest;
    }
    query->length = (float)(sqrt(length) * (1 + 1e-6));
    /* Rounding: n / 16 additions a partial sum and four more in dot.h, a dozen operations here, 2^-24 of about 1 each. */
    query->slack = (float)(sqrt(left) * 1.002 + ((double)s->n / 16 + 32) * 0x1p-23);
}

void kin_sketch_bounds(const kin_sketch *s, const kin_sketch_query *query, const kin_dot_kernel *kernel, size_t first,
                       size_t count, float *bound)
{
    int32_t sum[BLOCK];
    for (size_t begin = 0; begin < count; begin += BLOCK) {
        size_t rows = count - begin < BLOCK ? count - begin : BLOCK, row = first + begin;
        kernel->bytes(s->n, query->code, rows, s->code + row * s->n, (ptrdiff_t)s->n, sum);
        for (size_t i = 0; i < rows; i++)
            bound[begin + i] = (float)sum[i] * (query->scale * s->step[row + i]) + query->length * s->error[row + i] + query->slack;
    }
}
