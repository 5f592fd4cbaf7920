/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of layers in a functional model of Keras: summaries and weight files without names follow it. By depth (the
 * longest way to the output), the deepest first; of equals the one that a walk from the output meets first.
 * (keras/src/ops/function.py: map_graph)
 */
#include <string.h>

#include "zoo/zoo.h"

typedef struct {
    int depth, met;
} standing;

/* The walk goes to a layer before its inputs. As deep as the network: a few hundred layers of our own tables. */
static void walk(const kin_zoo_layer *layer, int at, standing *s, int *count)
{
    if (s[at].met >= 0) return;
    s[at].met = (*count)++;
    for (size_t i = 0; i < layer[at].in_count; i++) walk(layer, layer[at].in[i], s, count);
}

static bool before(const standing *a, const standing *b)
{
    return a->depth != b->depth ? a->depth > b->depth : a->met < b->met;
}

static void sort(kin_zoo_layer *layer, size_t count, standing *s, int *order, kin_zoo_layer *copy)
{
    int met = 0;
    for (size_t i = 0; i < count; i++) s[i] = (standing){0, -1};
    for (size_t i = count; i-- > 0;) /* inputs are made before */
        for (size_t k = 0; k < layer[i].in_count; k++) {
            standing *in = &s[layer[i].in[k]];
            if (in->depth < s[i].depth + 1) in->depth = s[i].depth + 1;
        }
    walk(layer, (int)count - 1, s, &met);
    for (size_t i = 0; i < count; i++) { /* by insertion: nearly sorted already */
        size_t k = i;
        for (; k > 0 && before(&s[i], &s[order[k - 1]]); k--) order[k] = order[k - 1];
        order[k] = (int)i;
    }
    memcpy(copy, layer, count * sizeof *copy);
    for (size_t i = 0; i < count; i++) s[order[i]].met = (int)i; /* from here on: its new number */
    for (size_t i = 0; i < count; i++) {
        layer[i] = copy[order[i]];
        for (size_t k = 0; k < layer[i].in_count; k++) layer[i].in[k] = s[layer[i].in[k]].met;
    }
}

kin_status kin_zoo_order(kin_context *ctx, kin_zoo_layer *layer, size_t count)
{
    kin_arena      arena = kin_arena_make(ctx);
    standing      *s;
    int           *order;
    kin_zoo_layer *copy;
    kin_status     status = kin_arena_alloc(&arena, count, sizeof *s, &s);
    if (status == KIN_OK) status = kin_arena_alloc(&arena, count, sizeof *order, &order);
    if (status == KIN_OK) status = kin_arena_alloc(&arena, count, sizeof *copy, &copy);
    if (status == KIN_OK) sort(layer, count, s, order, copy);
    kin_arena_free(&arena);
    return status;
}
