/* SPDX-License-Identifier: Apache-2.0
 *
 * A step over all tensors: lengths of gradients where they are cut, decay, the optimiser's formula, the moving average.
 */
#include "nn/optim/optim.h"

#include <math.h>
#include <string.h>

#include "base/keys.h"
#include "base/text.h"

static const kin_optim_kind *const kinds[] = {&kin_optim_sgd, &kin_optim_rmsprop, &kin_optim_adam, &kin_optim_adamw};

const kin_optim_kind *kin_optim_at(size_t i)
{
    return i < sizeof kinds / sizeof *kinds ? kinds[i] : NULL;
}

static const kin_key keys[] = {
#define KEY(key, low, high) {#key, offsetof(kin_optim, key), low, high}
    KEY(momentum, 0, 1),      KEY(rho, 0, 1),          KEY(beta1, 0, 1),        KEY(beta2, 0, 1),
    KEY(epsilon, 0, 1),       KEY(decay, 0, 1e6),      KEY(clip_value, 0, 1e30), KEY(clip_norm, 0, 1e30),
    KEY(clip_global, 0, 1e30), KEY(average, 0, 1),     KEY(nesterov, 0, 0),     KEY(centred, 0, 0),
#undef KEY
};

kin_status kin_optim_parse(kin_context *ctx, const char *text, kin_optim *out)
{
    char           name[16], shown[64];
    const kin_optim defaults = {.rho = 0.9, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-7, .decay = -1};
    *out = defaults;
    KIN_TRY(kin_keys_parse(ctx, "optimiser", text, keys, sizeof keys / sizeof *keys, out, name, sizeof name));
    for (size_t i = 0; kin_optim_at(i); i++)
        if (!strcmp(kin_optim_at(i)->name, name)) out->kind = kin_optim_at(i);
    if (!out->kind)
        return kin_fail(ctx, KIN_E_USAGE, "optimiser: '%s', expected sgd, rmsprop, adam or adamw",
                        kin_printable(name, strlen(name), shown, sizeof shown));
    if (out->decay < 0) out->decay = out->kind->decay;
    return KIN_OK;
}

/* --- a step --- */

enum { PIECE = 1 << 15 }; /* numbers of a piece of work; never depends on threads */

typedef struct {
    const kin_optim *optim;
    kin_optim_state *state;
    double           rate;
    const kin_optim_tensor *tensor; /* the one that is worked on */
    double           scale;
} work;

static size_t pieces(size_t count)
{
    return (count + PIECE - 1) / PIECE;
}

static void piece_of(const kin_optim_tensor *t, size_t index, size_t *from, size_t *count)
{
    *from = t->offset + index * PIECE;
    *count = index * PIECE + PIECE < t->count ? PIECE : t->count - index * PIECE;
}

/* The squared length of one tensor's gradient. */
static double squares_of(const kin_optim_state *s, const kin_optim_tensor *t)
{
    double sum = 0;
    for (size_t p = 0; p < pieces(t->count); p++) {
        double part = 0;
        size_t from, count;
        piece_of(t, p, &from, &count);
        for (size_t i = 0; i < count; i++) part += (double)s->gradient[from + i] * s->gradient[from + i];
        sum += part;
    }
    return sum;
}

static void update_piece(void *arg, size_t index, size_t worker)
{
    work            *w = arg;
    kin_optim_state *s = w->state;
    size_t           from, count;
    (void)worker;
    piece_of(w->tensor, index, &from, &count);
    kin_update u = {.weight = s->weight + from,
                    .gradient = s->gradient + from,
                    .count = count,
                    .rate = (float)(w->rate * w->tensor->rate),
                    .scale = (float)w->scale,
                    .most = w->optim->clip_value > 0 ? (float)w->optim->clip_value : INFINITY,
                    .step = s->step};
    for (size_t i = 0; i < KIN_OPTIM_SLOTS; i++) u.slot[i] = s->slot[i] ? s->slot[i] + from : NULL;
    float keep = (float)(1 - w->optim->decay * w->rate * w->tensor->rate), mean = s->step == 1 ? 0 : (float)w->optim->average;
    if (w->tensor->decays && w->optim->decay != 0)
        for (size_t i = 0; i < count; i++) u.weight[i] *= keep;
    w->optim->kind->update(w->optim, &u);
    for (size_t i = 0; s->average && i < count; i++)
        s->average[from + i] = mean * s->average[from + i] + (1 - mean) * u.weight[i];
}

static double cut(double squares, double most)
{
    double length = sqrt(squares);
    return most > 0 && length > most ? most / length : 1;
}

bool kin_optim_step(const kin_optim *optim, kin_splitter *splitter, double rate, kin_optim_state *s)
{
    double all = 0, global;
    for (size_t t = 0; t < s->tensor_count; t++) all += squares_of(s, &s->tensor[t]);
    if (!isfinite(all)) return false;
    global = cut(all, optim->clip_global);
    s->step++;
    for (size_t t = 0; t < s->tensor_count; t++) {
        work w = {.optim = optim, .state = s, .rate = rate, .tensor = &s->tensor[t], .scale = global};
        if (optim->clip_norm > 0) w.scale *= cut(squares_of(s, w.tensor), optim->clip_norm);
        if (w.tensor->rate != 0) kin_split(splitter, update_piece, &w, pieces(w.tensor->count));
    }
    return true;
}
