/* SPDX-License-Identifier: Apache-2.0
 *
 * Sorting similarities and counting.
 */
#include "gallery/trial.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

const double kin_pair_far[KIN_PAIR_FARS] = {1e-1, 1e-2, 1e-3};

kin_rate kin_rate_of(size_t count, size_t of)
{
    kin_rate r = {count, of, 0, 1};
    if (!of) return r;
    double n = (double)of, p = (double)count / n, z = 1.959964, zz = z * z / n;
    double middle = (p + zz / 2) / (1 + zz), half = z * sqrt(p * (1 - p) / n + zz / (4 * n)) / (1 + zz);
    r.low = count ? fmax(0, middle - half) : 0;
    r.high = count < of ? fmin(1, middle + half) : 1;
    return r;
}

/* The most similar first; of equals in the order of the input. */
static int falling(const void *left, const void *right)
{
    const kin_pair_trial *a = *(kin_pair_trial *const *)left, *b = *(kin_pair_trial *const *)right;
    if (a->similarity != b->similarity) return a->similarity < b->similarity ? 1 : -1;
    return a < b ? -1 : a > b;
}

/* Best on all folds but `fold`. */
static double best_threshold(kin_pair_trial *const *sorted, size_t count, int fold)
{
    long   right = 0, most = 0; /* beyond the pairs of two people, which are right when nothing is accepted */
    double last = NAN, threshold = NAN;
    bool   open = true; /* the best so far accepts down to `last`; its threshold lies halfway to the next one */
    for (size_t i = 0; i < count; i++) {
        if (sorted[i]->fold == fold) continue;
        double similarity = sorted[i]->similarity;
        if (open) threshold = isnan(last) ? similarity : (last + similarity) / 2;
        open = false;
        right += sorted[i]->same ? 1 : -1;
        if (right > most) most = right, open = true;
        last = similarity;
    }
    return open ? last : threshold;
}

/* The quantile `part` of `count` falling numbers, linear between neighbours. */
static double quantile(const double *fallen, size_t count, double part)
{
    double at = (1 - part) * (double)(count - 1), whole = floor(at);
    size_t i = (size_t)whole;
    return i + 1 < count ? fallen[i] + (fallen[i + 1] - fallen[i]) * (at - whole) : fallen[count - 1];
}

static void accuracy(kin_pair_trial *trial, size_t count, kin_pair_trial *const *sorted, int folds,
                     kin_pairs_result *out)
{
    double sum = 0, square = 0;
    for (int f = 0; f < folds; f++) {
        double threshold = best_threshold(sorted, count, f);
        size_t of = 0, right = 0;
        for (size_t i = 0; i < count; i++) {
            if (trial[i].fold != f) continue;
            trial[i].right = (trial[i].similarity > threshold) == trial[i].same;
            of++, right += trial[i].right;
        }
        double part = (double)right / (double)of;
        sum += part, square += part * part;
    }
    out->accuracy = sum / folds;
    out->standard_error = sqrt(fmax(0, square - sum * sum / folds) / (folds - 1) / folds);
}

/* TAR and area. `stranger`: room for the similarities of pairs of two people. */
static void curve(kin_pair_trial *const *sorted, size_t count, double *stranger, kin_pairs_result *out)
{
    size_t strangers = 0, same = 0;
    double above = 0; /* pairs of one person above one of two, ties half */
    for (size_t i = 0, end; i < count; i = end) {
        size_t ties[2] = {0, 0};
        for (end = i; end < count && sorted[end]->similarity == sorted[i]->similarity; end++) ties[sorted[end]->same]++;
        above += (double)ties[0] * ((double)same + (double)ties[1] / 2);
        same += ties[1];
        for (size_t k = 0; k < ties[0]; k++) stranger[strangers++] = sorted[i]->similarity;
    }
    out->area = above / ((double)same * (double)strangers);
    for (int f = 0; f < KIN_PAIR_FARS; f++) {
        size_t accepted = 0;
        out->threshold[f] = quantile(stranger, strangers, 1 - kin_pair_far[f]);
        for (size_t i = 0; i < count && sorted[i]->similarity > out->threshold[f]; i++) accepted += sorted[i]->same;
        out->tar[f] = (double)accepted / (double)same;
    }
}

static kin_status check(kin_context *ctx, const kin_pair_trial *trial, size_t count, int folds)
{
    size_t kinds[2] = {0, 0};
    if (folds < 2) return kin_fail(ctx, KIN_E_USAGE, "%d folds of pairs, expected at least 2", folds);
    for (size_t i = 0; i < count; i++) kinds[trial[i].same]++;
    if (!kinds[0] || !kinds[1])
        return kin_fail(ctx, KIN_E_USAGE, "%zu pairs of one person and %zu of two, expected some of each", kinds[1],
                        kinds[0]);
    for (int f = 0; f < folds; f++) {
        size_t i = 0;
        while (i < count && trial[i].fold != f) i++;
        if (i == count) return kin_fail(ctx, KIN_E_USAGE, "fold %d has no pairs", f + 1);
    }
    return KIN_OK;
}

kin_status kin_pairs_judge(kin_context *ctx, kin_pair_trial *trial, size_t count, int folds, kin_pairs_result *out)
{
    kin_pair_trial **sorted;
    double          *stranger;
    KIN_TRY(check(ctx, trial, count, folds));
    KIN_TRY(kin_alloc(ctx, count * sizeof *sorted, &sorted));
    kin_status status = kin_alloc(ctx, count * sizeof *stranger, &stranger);
    if (status == KIN_OK) {
        for (size_t i = 0; i < count; i++) sorted[i] = &trial[i];
        qsort(sorted, count, sizeof *sorted, falling);
        accuracy(trial, count, sorted, folds, out);
        curve(sorted, count, stranger, out);
        kin_release(ctx, stranger);
    }
    kin_release(ctx, sorted);
    return status;
}
