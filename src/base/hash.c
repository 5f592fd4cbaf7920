/* SPDX-License-Identifier: Apache-2.0
 *
 * MurmurHash3_x64_128, written from its description: two lanes of 64 bits, 16 bytes a round, a final mix.
 */
#include "base/hash.h"

#include <string.h>

static const uint64_t C1 = 0x87c37b91114253d5u, C2 = 0x4cf5ad432745937fu;

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

/* `count` <= 8 bytes, little-endian; the missing ones are zero. */
static uint64_t load(const uint8_t *p, size_t count)
{
    uint64_t x = 0;
    for (size_t i = 0; i < count; i++) x |= (uint64_t)p[i] << (8 * i);
    return x;
}

/* load(p, 8), which gcc 12 does byte by byte, and models have megabytes. */
static uint64_t load8(const uint8_t *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
#else
    return load(p, 8);
#endif
}

static uint64_t scramble1(uint64_t k)
{
    return rotate(k * C1, 31) * C2;
}

static uint64_t scramble2(uint64_t k)
{
    return rotate(k * C2, 33) * C1;
}

static uint64_t final_mix(uint64_t k)
{
    k = (k ^ k >> 33) * 0xff51afd7ed558ccdu;
    k = (k ^ k >> 33) * 0xc4ceb9fe1a85ec53u;
    return k ^ k >> 33;
}

static void store(uint64_t x, uint8_t *out)
{
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(x >> (8 * i));
}

void kin_hash128(const void *bytes, size_t size, uint32_t seed, uint8_t out[16])
{
    const uint8_t *p = bytes;
    uint64_t       h1 = seed, h2 = seed;
    size_t         left = size;
    for (; left >= 16; p += 16, left -= 16) {
        h1 = (rotate(h1 ^ scramble1(load8(p)), 27) + h2) * 5 + 0x52dce729;
        h2 = (rotate(h2 ^ scramble2(load8(p + 8)), 31) + h1) * 5 + 0x38495ab5;
    }
    if (left > 8) h2 ^= scramble2(load(p + 8, left - 8));
    if (left > 0) h1 ^= scramble1(load(p, left < 8 ? left : 8));
    h1 ^= size;
    h2 ^= size;
    h1 += h2;
    h2 += h1;
    h1 = final_mix(h1);
    h2 = final_mix(h2);
    h1 += h2;
    h2 += h1;
    store(h1, out);
    store(h2, out + 8);
}

const char *kin_hash_text(const uint8_t hash[16], char out[33])
{
    for (int i = 0; i < 16; i++) {
        out[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    out[32] = '\0';
    return out;
}
