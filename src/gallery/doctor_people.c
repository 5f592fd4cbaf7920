/* SPDX-License-Identifier: Apache-2.0
 *
 * What the faces' similarities say about people and about the gallery: who is weak and what would help, which names are
 * one person's, and how often a search would be wrong.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "gallery/doctor.h"
#include "gallery/trial.h"
#include "kern/registry.h"

/* Good advice rather than measured limits; from the tour: three photos, other light, another side. */
enum { ENOUGH = 3 };
#define FRONTAL_DEGREES 15
#define SHARP 0.35f
#define MUCH_ALIKE 0.75f /* the photos of 95 % of the people of people.tar agree by less than 0.73 */

/* --- two names for one person --- */

/* Means of the faces that are not taken for somebody else. Unit length, zeros where there is none. */
static void clean_means(const kin_ward *w, float *mean)
{
    for (size_t p = 0; p < w->d->people; p++) {
        const kin_person_check *person = &w->d->person[p];
        double                 *sum = w->sum + p * w->stride, square = 0;
        memset(sum, 0, w->stride * sizeof *sum);
        for (size_t i = person->first; i < person->first + person->faces; i++) {
            if (w->d->face[i].label == KIN_LABEL_ANOTHER) continue;
            for (size_t k = 0; k < w->width; k++) sum[k] += (double)w->data[i * w->stride + k];
        }
        for (size_t k = 0; k < w->width; k++) square += sum[k] * sum[k];
        for (size_t k = 0; k < w->stride; k++)
            mean[p * w->stride + k] = square > 0.01 ? (float)(sum[k] / sqrt(square)) : 0;
    }
}

static int more_alike(const void *a, const void *b)
{
    const kin_pair_check *x = a, *y = b;
    if (x->similarity != y->similarity) return x->similarity < y->similarity ? 1 : -1;
    return x->a != y->a ? (x->a < y->a ? -1 : 1) : x->b < y->b ? -1 : x->b > y->b;
}

static kin_status find_pairs(kin_ward *w, const float *mean, double limit)
{
    const kin_dot_kernel *kernel = kin_kernels_for(w->ctx->cpu)->dot;
    kin_diagnosis *d = w->d;
    kin_buffer     found = kin_buffer_make(w->ctx);
    kin_status     status = KIN_OK;
    for (size_t a = 0; status == KIN_OK && a < d->people; a++) {
        if (kin_cancelled(w->ctx)) status = kin_fail(w->ctx, KIN_E_CANCELLED, "interrupted");
        for (size_t b = a + 1; status == KIN_OK && b < d->people; b++) {
            float          dot = kernel->dot(w->stride, mean + a * w->stride, mean + b * w->stride);
            kin_pair_check pair = {a, b, fminf(1, dot)};
            if ((double)dot >= limit) status = kin_buffer_add(&found, &pair, sizeof pair);
        }
    }
    d->pair = (kin_pair_check *)(void *)found.data;
    d->pairs = found.size / sizeof *d->pair;
    if (d->pairs) qsort(d->pair, d->pairs, sizeof *d->pair, more_alike);
    return status;
}

/* --- the gallery as a search meets it --- */

static bool missed(const kin_face_finding *f, double threshold)
{
    return !((double)f->found >= threshold) || f->rival > f->found;
}

static kin_expectation expect(const kin_ward *w, const kin_crowd *crowd, double fpir, double given)
{
    kin_expectation e = {.fpir = isnan(given) ? fpir : (double)NAN, .threshold = given};
    double          random = kin_tail_similarity(w->tail, kin_far_from_fpir(fpir, crowd->compared));
    double          ruled = kin_decide_threshold(w->tail, crowd, fpir);
    size_t          lost = 0, wrong = 0, tried = 0, named = 0, strangers = 0;
    if (isnan(given)) e.threshold = ruled;
    /* What the rule adds where people are alike, it adds because their strangers are: it buys nothing. */
    double far = kin_tail_far(w->tail, e.threshold - (ruled - random));
    e.expected = crowd->compared ? kin_fpir_from_far(far, crowd->compared) : 0;
    for (size_t i = 0; i < w->d->faces; i++) {
        const kin_face_finding *f = &w->d->face[i];
        bool                  rival = (double)f->rival >= e.threshold;
        if (!isnan(f->rival)) strangers++, named += rival;
        if (isnan(f->found)) continue;
        tried++;
        lost += missed(f, e.threshold);
        wrong += rival && f->rival > f->found;
    }
    e.missed = kin_rate_of(lost, tried);
    e.wrong = kin_rate_of(wrong, tried);
    e.stranger = kin_rate_of(named, strangers);
    return e;
}

/* --- people --- */

static void look_at(const kin_diagnosis *d, kin_person_check *p, double threshold)
{
    double total = 0;
    size_t compared = 0, good = 0;
    bool   turned = false, sharp = false;
    for (size_t i = p->first; i < p->first + p->faces; i++) {
        const kin_face_finding *f = &d->face[i];
        bool                  twin = f->twin != KIN_NO_INDEX && d->face[f->twin].person == f->person;
        p->twins += twin;
        p->suspected += f->label != KIN_LABEL_FITS;
        if (!isnan(f->found)) p->missed += missed(f, threshold);
        if (!isnan(f->own)) total += (double)f->own, compared++;
        if (twin || f->label != KIN_LABEL_FITS) continue;
        good++;
        turned = turned || fabsf(f->quality.yaw) >= FRONTAL_DEGREES;
        sharp = sharp || f->quality.sharpness >= SHARP;
    }
    p->agree = compared ? (float)(total / (double)compared) : NAN;
    if (p->ignored) return; /* nobody is asked for photos of strangers */
    if (good < ENOUGH) p->needs |= KIN_NEED_MORE;
    if (good && !turned) p->needs |= KIN_NEED_TURNED;
    if (good && !sharp) p->needs |= KIN_NEED_SHARPER;
    if (good > 1 && p->agree > MUCH_ALIKE) p->needs |= KIN_NEED_VARIETY;
}

kin_status kin_ward_people(kin_ward *w, double fpir, double given)
{
    kin_diagnosis *d = w->d;
    kin_crowd      crowd = w->crowd;
    float         *mean;
    d->now = expect(w, &crowd, fpir, given);
    d->strict = expect(w, &crowd, 0.003, NAN);
    d->usual = expect(w, &crowd, 0.01, NAN);
    for (size_t p = 0; p < d->people; p++) {
        if (d->person[p].faces) look_at(d, &d->person[p], d->now.threshold);
        d->untaught += d->person[p].faces == 0;
        d->suspected += d->person[p].suspected;
    }
    for (size_t i = 0; i < d->faces; i++) d->twins += d->face[i].twin != KIN_NO_INDEX;
    if (crowd.people < 2) return KIN_OK;
    crowd.compared = crowd.people * (crowd.people - 1) / 2;
    KIN_TRY(kin_alloc(w->ctx, d->people * w->stride * sizeof *mean, &mean));
    clean_means(w, mean);
    double     limit = kin_decide_threshold(w->tail, &crowd, KIN_PAIR_CHANCE);
    kin_status status = find_pairs(w, mean, fmax(limit, kin_tail_similarity(w->tail, KIN_PAIR_FAR)));
    kin_release(w->ctx, mean);
    return status;
}
