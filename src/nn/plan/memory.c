/* SPDX-License-Identifier: Apache-2.0
 *
 * Greedy by size.
 */
#include "nn/plan/memory.h"

#include <stdlib.h>

enum { QUADRATIC_MAX = 6000 };

static int by_size(const void *a, const void *b)
{
    const kin_block *x = *(kin_block *const *)a, *y = *(kin_block *const *)b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : x > y; /* the array's order: the same places on every machine */
}

static bool together(const kin_block *a, const kin_block *b)
{
    return (a->edge && b->edge) || (a->first <= b->last && b->first <= a->last);
}

/* Puts `block` into the smallest gap between those of placed[0..count), sorted by offset, that live with it. */
static size_t best_gap(kin_block *const *placed, size_t count, const kin_block *block, size_t bytes)
{
    size_t end = 0, best = SIZE_MAX, at = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        const kin_block *other = placed[i];
        if (!together(other, block)) continue;
        if (other->offset > end && other->offset - end >= bytes && other->offset - end < best) {
            best = other->offset - end;
            at = end;
        }
        size_t stop = other->offset + kin_align_up(other->bytes, KIN_ALIGN);
        if (stop > end) end = stop;
    }
    return at == SIZE_MAX ? end : at;
}

static void insert(kin_block **placed, size_t count, kin_block *block)
{
    size_t i = count;
    for (; i > 0 && placed[i - 1]->offset > block->offset; i--) placed[i] = placed[i - 1];
    placed[i] = block;
}

kin_status kin_memory_place(kin_context *ctx, kin_block *block, size_t count, size_t *total)
{
    kin_block **sorted, **placed;
    size_t      sum = 0;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        block[i].offset = sum; /* each its own place: bounds all that follows */
        if (block[i].bytes > SIZE_MAX / 4 || !kin_add_size(sum, kin_align_up(block[i].bytes, KIN_ALIGN), &sum) ||
            sum > SIZE_MAX / 4)
            return kin_fail(ctx, KIN_E_LIMIT, "the values of a run pass what memory can hold");
    }
    *total = sum;
    if (count == 0 || count > QUADRATIC_MAX) return KIN_OK;
    KIN_TRY(kin_alloc(ctx, 2 * count * sizeof *sorted, &sorted));
    placed = sorted + count;
    for (size_t i = 0; i < count; i++) sorted[i] = &block[i];
    qsort(sorted, count, sizeof *sorted, by_size);
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        size_t bytes = kin_align_up(sorted[i]->bytes, KIN_ALIGN);
        sorted[i]->offset = best_gap(placed, i, sorted[i], bytes);
        insert(placed, i, sorted[i]);
        if (sorted[i]->offset + bytes > *total) *total = sorted[i]->offset + bytes;
    }
    kin_release(ctx, sorted);
    return KIN_OK;
}
