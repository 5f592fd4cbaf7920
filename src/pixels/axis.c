/* SPDX-License-Identifier: Apache-2.0
 *
 * Weights of the triangle and the area filter. The triangle's stretch is that of Pillow's BILINEAR.
 */
#include "pixels/axis.h"

#include <math.h>
#include <string.h>

typedef struct {
    double low, scale; /* output place i covers low + i * scale .. low + (i + 1) * scale of the input */
    int    in;
    bool   area; /* else triangle */
} spec;

static int clamp(double x, int low, int high)
{
    return x < low ? low : x > high ? high : (int)x;
}

/* First place and number of places of the input that count for output i. */
static int reach(const spec *s, int i, int *count)
{
    double from = s->low + i * s->scale, to = from + s->scale;
    int    first, end;
    if (s->area) {
        first = clamp(floor(from + 1e-9), 0, s->in - 1);
        end = clamp(ceil(to - 1e-9), first + 1, s->in);
    } else {
        double middle = s->low + (i + 0.5) * s->scale, support = s->scale > 1 ? s->scale : 1;
        first = clamp(middle - support + 0.5, 0, s->in - 1);
        end = clamp(middle + support + 0.5, first + 1, s->in);
    }
    *count = end - first;
    return first;
}

/* What input place k counts for output i, not normalised. */
static double weigh(const spec *s, int i, int k)
{
    if (s->area) {
        double from = s->low + i * s->scale, to = from + s->scale;
        return fmin(to, k + 1) - fmax(from, k);
    }
    double middle = s->low + (i + 0.5) * s->scale, support = s->scale > 1 ? s->scale : 1;
    return fmax(0, 1 - fabs(k + 0.5 - middle) / support);
}

/* Rounds the weights so that they sum to KIN_AXIS_ONE: what is over or missing goes to the heaviest. */
static void round_weights(const spec *s, int i, int first, int count, int16_t *weight)
{
    double sum = 0;
    for (int k = 0; k < count; k++) sum += weigh(s, i, first + k);
    int left = KIN_AXIS_ONE, heaviest = 0;
    for (int k = 0; k < count; k++) {
        double part = sum > 0 ? weigh(s, i, first + k) / sum : 1.0 / count;
        weight[k] = (int16_t)floor(part * KIN_AXIS_ONE + 0.5);
        left -= weight[k];
        if (weight[k] > weight[heaviest]) heaviest = k;
    }
    weight[heaviest] = (int16_t)(weight[heaviest] + left);
}

kin_status kin_axis_make(kin_context *ctx, int in, double low, double high, int out, kin_filter filter, kin_axis *axis)
{
    spec s = {low, (high - low) / out, in, false};
    s.area = filter == KIN_FILTER_AREA && s.scale > 1; /* area that enlarges is the triangle */
    int count, taps = 1;
    memset(axis, 0, sizeof *axis);
    for (int i = 0; i < out; i++) {
        reach(&s, i, &count);
        if (count > taps) taps = count;
    }
    axis->taps = taps;
    size_t     weights;
    kin_status status = kin_mul_size((size_t)taps, (size_t)out, &weights)
                            ? KIN_OK
                            : kin_fail(ctx, KIN_E_LIMIT, "resizing %d pixels to %d", in, out);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, (size_t)out, sizeof *axis->start, &axis->start);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, (size_t)out, sizeof *axis->count, &axis->count);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, weights, sizeof *axis->weight, &axis->weight);
    for (int i = 0; i < out && status == KIN_OK; i++) {
        axis->start[i] = reach(&s, i, &axis->count[i]);
        round_weights(&s, i, axis->start[i], axis->count[i], axis->weight + (size_t)i * (size_t)taps);
    }
    if (status != KIN_OK) kin_axis_free(ctx, axis);
    return status;
}

void kin_axis_free(kin_context *ctx, kin_axis *axis)
{
    kin_release(ctx, axis->start);
    kin_release(ctx, axis->count);
    kin_release(ctx, axis->weight);
    memset(axis, 0, sizeof *axis);
}
