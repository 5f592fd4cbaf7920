/* SPDX-License-Identifier: Apache-2.0
 *
 * Places for blocks that live for a while in one stretch of memory: two that live at the same time never overlap.
 */
#ifndef KIN_NN_PLAN_MEMORY_H
#define KIN_NN_PLAN_MEMORY_H

#include "base/memory.h"

typedef struct {
    size_t bytes;       /* any; places are multiples of KIN_ALIGN */
    int    first, last; /* the times from and to which it lives, both included */
    bool   edge;        /* an input or output: two of them never overlap, whenever they live */
    size_t offset;      /* result */
} kin_block;

/* Greedy by size (Pisarchyk & Lee, Efficient memory management for deep neural net inference, arXiv:2001.03288): the
 * largest block first, each into the smallest gap among the blocks that live at the same time. Above a few thousand
 * blocks (no network that is known), where its quadratic time would matter, every block gets a place of its own.
 * KIN_E_LIMIT when the whole passes what a size_t can hold. */
kin_status kin_memory_place(kin_context *ctx, kin_block *block, size_t count, size_t *total);

#endif
