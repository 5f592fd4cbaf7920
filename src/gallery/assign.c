/* SPDX-License-Identifier: Apache-2.0
 *
 * The Hungarian method: one agent after the other is brought in by the cheapest chain of exchanges. Potentials keep every
 * reduced cost at 0 or more, so that the chain is found as a shortest path. The smaller side are the agents; every agent gets
 * a place, and a place of weight 0 or less stands for none.
 */
#include "gallery/assign.h"

#include <math.h>

#include "base/memory.h"

typedef struct {
    size_t        agents, places; /* agents <= places; both count from 1 below, 0 is the agent to bring in */
    size_t        agent_step, place_step; /* in `weight` */
    const double *weight;
    double       *agent_price, *place_price; /* [agents + 1], [places + 1] */
    double       *least;                     /* [places + 1]: of a path to the place */
    size_t       *holder, *before;           /* [places + 1]: agent who has it, 0: none; the place before on the path */
    bool         *reached;                   /* [places + 1] */
} market;

static double cost(const market *m, size_t agent, size_t place)
{
    return -fmax(0, m->weight[(agent - 1) * m->agent_step + (place - 1) * m->place_step]);
}

/* The place not yet reached that is nearest by way of `at`, to which the path has come; prices follow. */
static size_t step(market *m, size_t at)
{
    size_t agent = m->holder[at], next = 0;
    double delta = INFINITY;
    for (size_t p = 1; p <= m->places; p++) {
        if (m->reached[p]) continue;
        double reduced = cost(m, agent, p) - m->agent_price[agent] - m->place_price[p];
        if (reduced < m->least[p]) {
            m->least[p] = reduced;
            m->before[p] = at;
        }
        if (m->least[p] < delta) {
            delta = m->least[p];
            next = p;
        }
    }
    for (size_t p = 0; p <= m->places; p++)
        if (m->reached[p]) {
            m->agent_price[m->holder[p]] += delta;
            m->place_price[p] -= delta;
        } else
            m->least[p] -= delta;
    return next;
}

static void bring_in(market *m, size_t agent)
{
    size_t at = 0;
    m->holder[0] = agent;
    for (size_t p = 0; p <= m->places; p++) {
        m->least[p] = INFINITY;
        m->reached[p] = false;
    }
    do {
        m->reached[at] = true;
        at = step(m, at);
    } while (m->holder[at]);
    while (at) { /* everybody on the path moves on to the place behind */
        m->holder[at] = m->holder[m->before[at]];
        at = m->before[at];
    }
}

static kin_status market_open(kin_arena *arena, market *m)
{
    KIN_TRY(kin_arena_alloc(arena, m->agents + 1, sizeof *m->agent_price, &m->agent_price));
    KIN_TRY(kin_arena_alloc(arena, m->places + 1, sizeof *m->place_price, &m->place_price));
    KIN_TRY(kin_arena_alloc(arena, m->places + 1, sizeof *m->least, &m->least));
    KIN_TRY(kin_arena_alloc(arena, m->places + 1, sizeof *m->holder, &m->holder));
    KIN_TRY(kin_arena_alloc(arena, m->places + 1, sizeof *m->before, &m->before));
    return kin_arena_alloc(arena, m->places + 1, sizeof *m->reached, &m->reached);
}

kin_status kin_assign(kin_context *ctx, size_t rows, size_t columns, const double *weight, size_t *column, double *total)
{
    bool   wide = rows <= columns;
    market m = {.weight = weight};
    m.agents = wide ? rows : columns;
    m.places = wide ? columns : rows;
    m.agent_step = wide ? columns : 1;
    m.place_step = wide ? 1 : columns;
    for (size_t r = 0; r < rows; r++) column[r] = KIN_UNASSIGNED;
    *total = 0;
    kin_arena  arena = kin_arena_make(ctx);
    kin_status status = market_open(&arena, &m);
    for (size_t a = 1; status == KIN_OK && a <= m.agents; a++) bring_in(&m, a);
    for (size_t p = 1; status == KIN_OK && p <= m.places; p++) {
        size_t a = m.holder[p];
        if (!a || !(cost(&m, a, p) < 0)) continue;
        *total -= cost(&m, a, p);
        column[(wide ? a : p) - 1] = (wide ? p : a) - 1;
    }
    kin_arena_free(&arena);
    return status;
}
