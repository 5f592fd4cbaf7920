/* SPDX-License-Identifier: Apache-2.0
 *
 * Counter-based random numbers.
 */
#include "base/random.h"

#include <math.h>

/* SplitMix64's finaliser (Stafford's variant 13). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15);

kin_random kin_random_make(uint64_t seed, uint64_t stream)
{
    return (kin_random){mix(mix(seed + golden) ^ (stream * golden + 1)), 0};
}

kin_random kin_random_split(const kin_random *random, uint64_t stream)
{
    return kin_random_make(random->key, stream);
}

uint64_t kin_random_u64(kin_random *random)
{
    return mix(random->key + golden * ++random->counter);
}

uint64_t kin_random_below(kin_random *random, uint64_t limit)
{
    uint64_t reject = (0 - limit) % limit; /* 2^64 mod limit values at the bottom would be drawn once too often */
    for (;;) {
        uint64_t r = kin_random_u64(random);
        if (r >= reject) return r % limit;
    }
}

int64_t kin_random_range(kin_random *random, int64_t low, int64_t high)
{
    return (int64_t)((uint64_t)low + kin_random_below(random, (uint64_t)high - (uint64_t)low + 1));
}

double kin_random_unit(kin_random *random)
{
    return (double)(kin_random_u64(random) >> 11) * 0x1p-53;
}

double kin_random_normal(kin_random *random) /* Box and Muller 1958 */
{
    double u = 1.0 - kin_random_unit(random), v = kin_random_unit(random);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586476925 * v);
}
