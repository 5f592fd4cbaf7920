/* SPDX-License-Identifier: Apache-2.0
 */
#include "nn/optim/schedule.h"

#include <math.h>
#include <string.h>

#include "base/keys.h"
#include "base/text.h"

static const char *const names[] = {"constant", "step", "cosine"};
static const kin_key     keys[] = {
    {"warmup", offsetof(kin_schedule, warmup), 0, 1},
    {"every", offsetof(kin_schedule, every), 1e-6, 2},
    {"factor", offsetof(kin_schedule, factor), 0, 1},
    {"least", offsetof(kin_schedule, least), 0, 1},
};

kin_status kin_schedule_parse(kin_context *ctx, const char *text, kin_schedule *out)
{
    char name[16], shown[64];
    *out = (kin_schedule){.every = 1.0 / 3, .factor = 0.1};
    KIN_TRY(kin_keys_parse(ctx, "schedule", text, keys, sizeof keys / sizeof *keys, out, name, sizeof name));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name)) {
            out->kind = (kin_schedule_kind)i;
            return KIN_OK;
        }
    return kin_fail(ctx, KIN_E_USAGE, "schedule: '%s', expected constant, step or cosine",
                    kin_printable(name, strlen(name), shown, sizeof shown));
}

double kin_schedule_rate(const kin_schedule *s, uint64_t step, uint64_t total)
{
    double at = (double)step, all = (double)(total ? total : 1), warm = floor(s->warmup * all), rest = all - warm;
    if (at < warm) return s->rate * at / warm;
    double done = rest > 0 ? fmin((at - warm) / rest, 1) : 1;
    if (s->kind == KIN_SCHEDULE_STEP) return s->rate * pow(s->factor, floor(at / (s->every * all)));
    if (s->kind == KIN_SCHEDULE_COSINE) return s->rate * (s->least + (1 - s->least) * 0.5 * (1 + cos(acos(-1.0) * done)));
    return s->rate;
}
