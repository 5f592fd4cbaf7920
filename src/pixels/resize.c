/* SPDX-License-Identifier: Apache-2.0
 *
 * Separable resizing in integers: for each row of the output the rows that it covers are summed first (a plain loop over
 * bytes that the compiler makes into vectors), then that one row is filtered sideways. The triangle filter is Pillow's
 * BILINEAR (src/libImaging/Resample.c), the area filter OpenCV's INTER_AREA (modules/imgproc/src/resize.cpp).
 */
#include <math.h>
#include <string.h>

#include "pixels/pixels.h"

enum {
    WEIGHT_BITS = 14,  /* weights sum to 1 << 14 */
    BETWEEN_BITS = 7   /* fraction of the sums between the passes: 255 << 7 fits int16_t */
};

/* Which inputs make an output, along one direction. */
typedef struct {
    int      taps;   /* the most that one output has */
    int     *first;  /* [out] */
    int     *count;  /* [out], 1 .. taps */
    int16_t *weight; /* [out][taps] */
} filter_table;

static double triangle(double distance)
{
    return fmax(0, 1 - fabs(distance));
}

/* Weight of input pixel i (from i to i + 1) for an output whose middle is `middle` and that covers `scale` pixels. */
static double weight_of(kin_filter filter, int i, double middle, double scale)
{
    if (filter == KIN_FILTER_AREA && scale > 1) {
        double low = fmax(i, middle - 0.5 * scale), high = fmin(i + 1, middle + 0.5 * scale);
        return fmax(0, high - low);
    }
    return triangle((i + 0.5 - middle) / fmax(scale, 1));
}

/* Rounds `taps` weights to integers that sum to 1 << WEIGHT_BITS; what rounding leaves goes to the largest. */
static void round_weights(const double *weight, double sum, int taps, int16_t *out)
{
    int total = 0, largest = 0;
    for (int t = 0; t < taps; t++) {
        out[t] = (int16_t)lrint(weight[t] / sum * (1 << WEIGHT_BITS));
        total += out[t];
        if (out[t] > out[largest]) largest = t;
    }
    out[largest] = (int16_t)(out[largest] + (1 << WEIGHT_BITS) - total);
}

static kin_status make_table(kin_context *ctx, kin_filter filter, int in, double low, double high, int out, filter_table *table)
{
    double  scale = (high - low) / out, support = fmax(scale, 1);
    double *weight = NULL;
    table->taps = (int)fmin(2 * ceil(support) + 2, in);
    kin_status status = kin_alloc(ctx, (size_t)out * sizeof *table->first, &table->first);
    if (status == KIN_OK) status = kin_alloc(ctx, (size_t)out * sizeof *table->count, &table->count);
    if (status == KIN_OK) status = kin_alloc_zero(ctx, (size_t)out * (size_t)table->taps, sizeof *table->weight, &table->weight);
    if (status == KIN_OK) status = kin_alloc(ctx, (size_t)table->taps * sizeof *weight, &weight);
    for (int o = 0; status == KIN_OK && o < out; o++) {
        double middle = low + (o + 0.5) * scale, sum = 0;
        int    first = (int)fmax(0, floor(middle - support)), end = (int)fmin(in, ceil(middle + support)), n = 0;
        while (first < end - 1 && weight_of(filter, first, middle, scale) <= 0) first++;
        for (int i = first; i < end && n < table->taps; i++) sum += weight[n++] = weight_of(filter, i, middle, scale);
        while (n > 1 && weight[n - 1] <= 0) n--;
        if (sum <= 0) weight[0] = sum = n = 1;
        table->first[o] = first < in ? first : in - 1;
        table->count[o] = n;
        round_weights(weight, sum, n, table->weight + (size_t)o * (size_t)table->taps);
    }
    kin_release(ctx, weight);
    return status;
}

static void free_table(kin_context *ctx, filter_table *table)
{
    kin_release(ctx, table->first);
    kin_release(ctx, table->count);
    kin_release(ctx, table->weight);
}

typedef struct {
    const kin_image *in;
    kin_image       *out;
    filter_table     down, across;
    int              x0, width; /* columns of `in` that are needed */
    int32_t         *sum;       /* [workers][width * 3] */
    int16_t         *row;       /* [workers][width * 3] */
} resize_job;

/* sum[i] += weight * in[i] */
static void add_row(const uint8_t *restrict in, int weight, int32_t *restrict sum, size_t n)
{
    for (size_t i = 0; i < n; i++) sum[i] += weight * in[i];
}

static void filter_row(const resize_job *job, const int16_t *row, uint8_t *out)
{
    const filter_table *t = &job->across;
    const int           shift = WEIGHT_BITS + BETWEEN_BITS;
    for (int x = 0; x < job->out->width; x++, out += 3) {
        const int16_t *weight = t->weight + (size_t)x * (size_t)t->taps;
        const int16_t *p = row + 3 * (size_t)(t->first[x] - job->x0);
        int32_t        r = 1 << (shift - 1), g = r, b = r;
        for (int k = 0; k < t->count[x]; k++, p += 3) {
            r += weight[k] * p[0];
            g += weight[k] * p[1];
            b += weight[k] * p[2];
        }
        out[0] = (uint8_t)(r >> shift);
        out[1] = (uint8_t)(g >> shift);
        out[2] = (uint8_t)(b >> shift);
    }
}

static void resize_row(void *arg, size_t y, size_t worker)
{
    const resize_job *job = arg;
    const size_t      n = 3 * (size_t)job->width;
    int32_t          *sum = job->sum + worker * n;
    int16_t          *row = job->row + worker * n;
    const int         shift = WEIGHT_BITS - BETWEEN_BITS;
    for (size_t i = 0; i < n; i++) sum[i] = 1 << (shift - 1);
    for (int k = 0; k < job->down.count[y]; k++)
        add_row(kin_pixels_row(job->in, job->down.first[y] + k) + 3 * (size_t)job->x0,
                job->down.weight[y * (size_t)job->down.taps + (size_t)k], sum, n);
    for (size_t i = 0; i < n; i++) row[i] = (int16_t)(sum[i] >> shift);
    filter_row(job, row, kin_pixels_row(job->out, (int)y));
}

kin_status kin_pixels_resize(kin_context *ctx, const kin_image *in, const double box[4], kin_filter filter, kin_image *out)
{
    const double whole[4] = {0, 0, in->width, in->height};
    if (!box) box = whole;
    if (!(box[0] >= 0 && box[1] >= 0 && box[2] > box[0] && box[3] > box[1] && box[2] <= in->width && box[3] <= in->height))
        return kin_fail(ctx, KIN_E_USAGE, "resize: the part lies outside the picture");
    resize_job job = {.in = in, .out = out};
    kin_status status = make_table(ctx, filter, in->width, box[0], box[2], out->width, &job.across);
    if (status == KIN_OK) status = make_table(ctx, filter, in->height, box[1], box[3], out->height, &job.down);
    if (status == KIN_OK) {
        int last = out->width - 1, end = job.across.first[last] + job.across.count[last];
        job.x0 = job.across.first[0];
        job.width = end - job.x0;
        size_t n = 3 * (size_t)job.width * ctx->splitter->width;
        status = kin_alloc(ctx, n * sizeof *job.sum, &job.sum);
        if (status == KIN_OK) status = kin_alloc(ctx, n * sizeof *job.row, &job.row);
    }
    if (status == KIN_OK) kin_split(ctx->splitter, resize_row, &job, (size_t)out->height);
    kin_release(ctx, job.sum);
    kin_release(ctx, job.row);
    free_table(ctx, &job.across);
    free_table(ctx, &job.down);
    return status;
}
