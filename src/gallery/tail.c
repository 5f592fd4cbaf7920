/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantiles, and a generalised Pareto distribution by Grimshaw's profile (Technometrics 1993): the likelihood over
 * theta = shape / scale alone, searched on a grid that is refined. P(X > x) = (1 + shape x / scale)^(-1 / shape).
 */
#include "gallery/tail.h"

#include <math.h>
#include <stdlib.h>

static const double fars[KIN_TAIL_ROWS] = {0.5, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
#define COUNTED_LEAST 1e-5 /* what lies below is fitted, however many pairs there are */
#define FITTED_LEAST 0.1   /* pairs that a fitted row speaks of: a fit knows little of what lies far beyond its data */
enum { ABOVE = 10, TOP = 100, GRID = 400, ROUNDS = 4 };

static int rising(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* Linear between neighbours, of rising numbers. */
static double quantile(const float *rising_numbers, size_t count, double part)
{
    double at = part * (double)(count - 1), whole = floor(at);
    size_t i = (size_t)whole;
    double here = (double)rising_numbers[i];
    return i + 1 < count ? here + ((double)rising_numbers[i + 1] - here) * (at - whole) : here;
}

typedef struct {
    const float *above; /* similarities above `start` */
    size_t       count;
    double       start, mean, greatest; /* of the excess */
} excess;

static double shape_at(const excess *e, double theta)
{
    double sum = 0;
    for (size_t i = 0; i < e->count; i++) sum += log1p(theta * ((double)e->above[i] - e->start));
    return sum / (double)e->count;
}

static double likelihood(const excess *e, double theta)
{
    double shape = shape_at(e, theta);
    return fabs(shape) < 1e-12 ? -log(e->mean) - 1 : -log(shape / theta) - shape - 1;
}

/* The first grid: even below 0, geometric above. */
static double first_grid(const excess *e, size_t i)
{
    double low = -0.999 / e->greatest, high = 50 / e->mean;
    return i < GRID ? low * (1 - (double)i / GRID) : 1e-6 * pow(high / 1e-6, (double)(i - GRID) / (GRID - 1));
}

static double best_theta(const excess *e)
{
    double low = 0, high = 0, best = 1e-6;
    for (int round = 0; round <= ROUNDS; round++) {
        double most = -INFINITY, before = low, after = high;
        size_t points = round ? GRID / 2 : 2 * GRID;
        for (size_t i = 0; i < points; i++) {
            double theta = round ? low + (high - low) * (double)i / (double)(points - 1) : first_grid(e, i);
            double value = fabs(theta) > 1e-9 ? likelihood(e, theta) : (double)-INFINITY;
            if (!(value > most)) continue;
            most = value, best = theta;
            double step = round ? (high - low) / (double)(points - 1) : 0;
            before = round ? fmax(low, theta - step) : i ? first_grid(e, i - 1) : theta;
            after = round ? fmin(high, theta + step) : i + 1 < points ? first_grid(e, i + 1) : theta;
        }
        low = before, high = after;
    }
    return best;
}

static double fitted_at(const kin_tail_fit *t, double far)
{
    return t->start + t->scale / t->shape * (pow(far / t->part, -t->shape) - 1);
}

kin_status kin_tail_measure(kin_context *ctx, float *similarity, size_t count, kin_tail_fit *t)
{
    *t = (kin_tail_fit){0};
    if (count < KIN_TAIL_LEAST_PAIRS)
        return kin_fail(ctx, KIN_E_REFUSED, "%zu pairs of different people, expected at least %d", count,
                        KIN_TAIL_LEAST_PAIRS);
    qsort(similarity, count, sizeof *similarity, rising);
    t->part = fmin(0.1, fmax(1e-3, (double)TOP / (double)count));
    t->start = quantile(similarity, count, 1 - t->part);
    t->greatest = (double)similarity[count - 1];
    size_t first = count;
    double sum = 0;
    while (first && (double)similarity[first - 1] > t->start) sum += (double)similarity[--first] - t->start;
    t->fitted = count - first;
    if (!t->fitted || !(sum > 0)) return kin_fail(ctx, KIN_E_REFUSED, "the most similar pairs do not differ");
    excess e = {similarity + first, t->fitted, t->start, sum / (double)t->fitted, t->greatest - t->start};
    double theta = best_theta(&e);
    t->shape = shape_at(&e, theta);
    t->scale = t->shape / theta;
    for (size_t i = 0; i < KIN_TAIL_ROWS && fars[i] * (double)count >= FITTED_LEAST; i++) {
        bool   enough = fars[i] * (double)count >= ABOVE && fars[i] >= 0.999 * COUNTED_LEAST;
        double value = enough ? quantile(similarity, count, 1 - fars[i]) : fitted_at(t, fars[i]);
        value = round(value * 1e4) / 1e4;
        if (!(value <= 1) || (i && !(value > t->row[i - 1].similarity))) break;
        t->row[t->rows++] = (kin_impostor_row){fars[i], value};
        t->counted += enough;
    }
    if (t->rows >= 2) return KIN_OK;
    return kin_fail(ctx, KIN_E_REFUSED, "half of the pairs are as similar as the most similar ones");
}
