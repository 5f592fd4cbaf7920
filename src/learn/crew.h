/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that read and cut pictures: each has a context of its own (with the allocator of the one it works for), and its own
 * handle of the detector.
 */
#ifndef KIN_LEARN_CREW_H
#define KIN_LEARN_CREW_H

#include "base/memory.h"
#include "kin/face.h"

typedef struct {
    kin_context  *ctx; /* one thread */
    kin_detector *detector; /* NULL: none was given */
} kin_hand;

typedef struct {
    kin_context *ctx; /* whom they work for */
    size_t       count;
    kin_hand    *hand;
    uint64_t     held;  /* bytes of the context's limit that are theirs */
} kin_crew;

/* What one hand may take: always the same, so that what it can read does not depend on how many there are. */
enum { KIN_HAND_CROPS = 32 << 20, KIN_HAND_PHOTOS = 256 << 20 /* to decode 85 megapixels */ };

/* `wanted` hands of `bytes` each, fewer where memory is scarce: together they take at most half of what the context has left,
 * and count as taken until the end. `detector` may be NULL. */
kin_status kin_crew_open(kin_context *ctx, size_t wanted, uint64_t bytes, kin_detector *detector, kin_crew *crew);
void       kin_crew_close(kin_crew *crew);

#endif
