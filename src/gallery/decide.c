/* SPDX-License-Identifier: Apache-2.0
 *
 * The impostor tail read forwards and backwards, and the threshold of an open-set search. Grother and Ngan, "FRVT
 * Performance of Face Identification", NIST 2014, use FPIR in the same sense.
 */
#include "gallery/decide.h"

#include <math.h>

/* The part of its people's excess likeness that a gallery's strangers are expected to share. */
#define SHARED 0.5

kin_status kin_tail_check(kin_context *ctx, const kin_impostor_tail *tail)
{
    if (tail->count == 0)
        return kin_fail(ctx, KIN_E_UNSUPPORTED,
                        "the model's card has no threshold table (far_row): give a threshold or calibrate the model");
    if (tail->count == 1) return kin_fail(ctx, KIN_E_FORMAT, "threshold table: 1 row, expected at least 2");
    for (size_t i = 0; i < tail->count; i++) {
        const kin_impostor_row *row = &tail->row[i];
        if (!(row->far > 0 && row->far <= 1) || (i && !(row->far < row[-1].far)))
            return kin_fail(ctx, KIN_E_FORMAT, "threshold table: row %zu: far %g, expected to fall from at most 1, above 0",
                            i, row->far);
        if (!(row->similarity >= -1 && row->similarity <= 1) || (i && !(row->similarity > row[-1].similarity)))
            return kin_fail(ctx, KIN_E_FORMAT, "threshold table: row %zu: similarity %g, expected to rise from -1 to 1", i,
                            row->similarity);
    }
    return KIN_OK;
}

/* Similarity a decade of FAR between rows i and i + 1; positive. */
static double slope(const kin_impostor_tail *tail, size_t i)
{
    const kin_impostor_row *a = &tail->row[i], *b = a + 1;
    return (b->similarity - a->similarity) / (log10(a->far) - log10(b->far));
}

/* Beyond the last row. */
static double end_slope(const kin_impostor_tail *tail)
{
    double last = slope(tail, tail->count - 2);
    return tail->count > 2 ? fmax(last, slope(tail, tail->count - 3)) : last;
}

double kin_tail_similarity(const kin_impostor_tail *tail, double far)
{
    const kin_impostor_row *row = tail->row, *last = &row[tail->count - 1];
    if (!(far < row[0].far)) return row[0].similarity;
    if (!(far > 0)) return 1;
    if (far < last->far) return fmin(1, last->similarity + end_slope(tail) * (log10(last->far) - log10(far)));
    size_t i = 0;
    while (i + 2 < tail->count && far < row[i + 1].far) i++;
    return row[i].similarity + slope(tail, i) * (log10(row[i].far) - log10(far));
}

double kin_tail_far(const kin_impostor_tail *tail, double similarity)
{
    const kin_impostor_row *row = tail->row, *last = &row[tail->count - 1];
    if (similarity > last->similarity)
        return last->far * pow(10, -(similarity - last->similarity) / end_slope(tail));
    size_t i = 0;
    while (i + 2 < tail->count && similarity > row[i + 1].similarity) i++;
    return fmin(1, row[i].far * pow(10, -(similarity - row[i].similarity) / slope(tail, i)));
}

double kin_fpir_from_far(double far, size_t n)
{
    return far >= 1 ? 1 : -expm1((double)n * log1p(-far));
}

double kin_far_from_fpir(double fpir, size_t n)
{
    return fpir >= 1 ? 1 : -expm1(log1p(-fpir) / (double)(n ? n : 1));
}

/* How much more alike these people are than strangers of the card, beyond what chance explains; 0 or more. */
static double excess(const kin_impostor_tail *tail, const kin_crowd *crowd)
{
    if (crowd->people < 2) return 0;
    double median = kin_tail_similarity(tail, 0.5);
    double deviation = (kin_tail_similarity(tail, 0.1) - median) / 1.2816; /* were it a normal distribution */
    double pairs = (double)crowd->people * ((double)crowd->people - 1) / 2;
    return fmax(0, crowd->alike - median - deviation / sqrt(pairs));
}

double kin_decide_threshold(const kin_impostor_tail *tail, const kin_crowd *crowd, double fpir)
{
    double drawn_at_random = kin_tail_similarity(tail, kin_far_from_fpir(fpir, crowd->compared));
    return fmin(1, drawn_at_random + SHARED * excess(tail, crowd));
}
