/* SPDX-License-Identifier: Apache-2.0
 *
 * Random numbers that depend only on (seed, stream, counter): the same on every machine and for any
 * number of threads. SplitMix64 (Steele, Lea, Flood 2014) over a mixed key.
 */
#ifndef KIN_BASE_RANDOM_H
#define KIN_BASE_RANDOM_H

#include <stdint.h>

typedef struct {
    uint64_t key, counter;
} kin_random;

kin_random kin_random_make(uint64_t seed, uint64_t stream);
/* A stream of its own below `random`, whatever was drawn from that; the same (random, stream), the same numbers. */
kin_random kin_random_split(const kin_random *random, uint64_t stream);
uint64_t   kin_random_u64(kin_random *random);
uint64_t   kin_random_below(kin_random *random, uint64_t limit); /* 0 .. limit-1, unbiased; limit >= 1 */
int64_t    kin_random_range(kin_random *random, int64_t low, int64_t high); /* both ends included */
double     kin_random_unit(kin_random *random);                             /* [0, 1) */
double     kin_random_normal(kin_random *random);                           /* mean 0, variance 1 */

#endif
