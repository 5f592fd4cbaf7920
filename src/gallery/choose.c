/* SPDX-License-Identifier: Apache-2.0
 *
 * Which face is the person? The rule is in choose.h.
 */
#include "gallery/choose.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "kern/registry.h"

enum { ANCHORS_MAX = 256 };

typedef struct {
    const float *vector;
    size_t       photo; /* SIZE_MAX: from the gallery */
} anchor;

typedef struct {
    size_t                  width, count, anchors;
    const kin_choice_photo *photo;
    kin_choice             *choice;
    kin_choice_rule         rule;
    const kin_dot_kernel   *kernel;
    anchor                  anchor[ANCHORS_MAX];
    float                   sum[]; /* [width] for agreement(): of the anchors that it looks at */
} task;

static const float *face_of(const task *t, size_t photo, size_t face)
{
    return t->photo[photo].vector + face * t->width;
}

static float similarity(const task *t, const float *a, const float *b)
{
    return t->kernel->dot(t->width, a, b);
}

static void add_anchor(task *t, const float *vector, size_t photo)
{
    if (t->anchors < ANCHORS_MAX) t->anchor[t->anchors++] = (anchor){vector, photo};
}

/* With the anchors of other photos: mean of the better half (rounded up) of the similarities or, if greater, similarity to
 * their mean; NAN without any. */
static float agreement(task *t, const float *vector, size_t photo)
{
    float  sorted[ANCHORS_MAX];
    size_t n = 0;
    float  all = 0;
    memset(t->sum, 0, t->width * sizeof *t->sum);
    for (size_t i = 0; i < t->anchors; i++) {
        if (t->anchor[i].photo == photo) continue;
        float  s = similarity(t, vector, t->anchor[i].vector);
        size_t at = n++;
        for (; at > 0 && sorted[at - 1] < s; at--) sorted[at] = sorted[at - 1];
        sorted[at] = s;
        all += s;
        for (size_t k = 0; k < t->width; k++) t->sum[k] += t->anchor[i].vector[k];
    }
    if (n == 0) return NAN;
    size_t half = (n + 1) / 2;
    float  best = 0, length = sqrtf(similarity(t, t->sum, t->sum));
    for (size_t i = 0; i < half; i++) best += sorted[i];
    return length > 0 ? fmaxf(best / (float)half, all / length) : best / (float)half;
}

/* In how many other photos somebody looks like this face, and how much altogether. */
static size_t support(const task *t, size_t photo, size_t face, float *sum)
{
    size_t photos = 0;
    *sum = 0;
    for (size_t p = 0; p < t->count; p++) {
        if (p == photo) continue;
        float best = -1;
        for (size_t f = 0; f < t->photo[p].faces; f++)
            best = fmaxf(best, similarity(t, face_of(t, photo, face), face_of(t, p, f)));
        if (best < t->rule.limit) continue;
        photos++;
        *sum += best;
    }
    return photos;
}

/* Step 2. The photo whose best face has the most support and no equal beside it. */
static void elect(task *t)
{
    size_t most = 0, winner = 0, winner_face = 0;
    float  most_sum = 0;
    for (size_t p = 0; p < t->count && p < ANCHORS_MAX; p++) {
        size_t first = 0, second = 0, face = 0;
        float  first_sum = 0, sum;
        for (size_t f = 0; f < t->photo[p].faces; f++) {
            size_t n = support(t, p, f, &sum);
            if (n > first) {
                second = first;
                first = n;
                first_sum = sum;
                face = f;
            } else if (n > second)
                second = n;
        }
        if (first > 0 && first == second) t->choice[p].reason = KIN_CHOICE_SEVERAL;
        if (first > second && (first > most || (first == most && first_sum > most_sum))) {
            most = first;
            most_sum = first_sum;
            winner = p;
            winner_face = face;
        }
    }
    if (most == 0) return;
    t->choice[winner] = (kin_choice){true, winner_face, KIN_CHOICE_AGREES, most_sum / (float)most};
    add_anchor(t, face_of(t, winner, winner_face), winner);
}

/* Step 3 for one photo. */
static kin_choice judge(task *t, size_t photo)
{
    kin_choice c = {false, 0, KIN_CHOICE_UNLIKE, -1};
    float      second = -2;
    for (size_t f = 0; f < t->photo[photo].faces; f++) {
        float a = agreement(t, face_of(t, photo, f), photo);
        if (a > c.agreement) {
            second = c.agreement;
            c.agreement = a;
            c.face = f;
        } else
            second = fmaxf(second, a);
    }
    if (c.agreement < t->rule.limit) return c;
    c.taken = second <= c.agreement - t->rule.margin;
    c.reason = c.taken ? KIN_CHOICE_AGREES : KIN_CHOICE_SEVERAL;
    return c;
}

/* Step 4: true when something was taken. All photos of a round see the same anchors. */
static bool round_of(task *t)
{
    size_t before = t->anchors;
    bool   any = false;
    for (size_t p = 0; p < t->count; p++) {
        if (t->photo[p].faces < 2 || t->choice[p].taken) continue;
        size_t now = t->anchors;
        t->anchors = before;
        t->choice[p] = judge(t, p);
        t->anchors = now;
        if (!t->choice[p].taken) continue;
        any = true;
        add_anchor(t, face_of(t, p, t->choice[p].face), p);
    }
    return any;
}

static void decide(task *t)
{
    for (size_t p = 0; p < t->count; p++) {
        size_t n = t->photo[p].faces;
        t->choice[p] = (kin_choice){n == 1, 0, n == 0 ? KIN_CHOICE_NONE : n == 1 ? KIN_CHOICE_ALONE : KIN_CHOICE_NO_OTHERS, 0};
        if (n == 1) add_anchor(t, t->photo[p].vector, p);
    }
    if (t->anchors == 0) elect(t);
    if (t->anchors == 0) return;
    while (round_of(t)) {
    }
    for (size_t p = 0; p < t->count; p++) {
        if (t->photo[p].faces != 1) continue;
        float a = agreement(t, t->photo[p].vector, p);
        if (isnan(a)) continue;
        t->choice[p].agreement = a;
        if (a < t->rule.doubt) t->choice[p].reason = KIN_CHOICE_ALONE_UNLIKE;
    }
}

kin_status kin_gallery_choose(kin_context *ctx, size_t width, const float *known, size_t known_count,
                              const kin_choice_photo *photo, size_t count, const kin_choice_rule *rule,
                              kin_choice *choice)
{
    task *t;
    KIN_TRY(kin_alloc_zero(ctx, 1, sizeof *t + width * sizeof *t->sum, &t));
    t->width = width;
    t->photo = photo;
    t->count = count;
    t->choice = choice;
    t->rule = *rule;
    if (!(t->rule.margin > 0)) t->rule.margin = 0.1f;
    if (!(t->rule.doubt > 0)) t->rule.doubt = t->rule.limit;
    t->kernel = kin_kernels_for(ctx->cpu)->dot;
    for (size_t i = 0; i < known_count; i++) add_anchor(t, known + i * width, SIZE_MAX);
    decide(t);
    kin_release(ctx, t);
    return KIN_OK;
}

const char *kin_choice_text(kin_choice_reason reason)
{
    static const char *const text[] = {
        [KIN_CHOICE_NONE] = "no face",
        [KIN_CHOICE_ALONE] = "the only face",
        [KIN_CHOICE_ALONE_UNLIKE] = "taken, though unlike the person's others",
        [KIN_CHOICE_AGREES] = "agrees with the person's others",
        [KIN_CHOICE_UNLIKE] = "several faces, and none resembles the person's others",
        [KIN_CHOICE_SEVERAL] = "several faces that could be the person",
        [KIN_CHOICE_NO_OTHERS] = "several faces, and no other photo tells which one is meant",
    };
    return (size_t)reason < sizeof text / sizeof *text ? text[reason] : "unknown";
}
