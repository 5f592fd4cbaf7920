/* SPDX-License-Identifier: Apache-2.0
 *
 * MurmurHash3_x64_128 against published values, over every length of the tail and at any address.
 */
#include <string.h>

#include "base/hash.h"
#include "support/cmocka.h"

static void expect(const char *text, uint32_t seed, const char *hex)
{
    uint8_t hash[16];
    char    out[33];
    kin_hash128(text, strlen(text), seed, hash);
    assert_string_equal(kin_hash_text(hash, out), hex);
}

/* The usual way to print it is h1 and h2 as numbers; ours are the bytes, low ones first. */
static void test_published_values(void **state)
{
    (void)state;
    expect("", 0, "00000000000000000000000000000000");
    expect("The quick brown fox jumps over the lazy dog", 0, "6c1b07bc7bbc4be347939ac4a93c437a");
}

/* SMHasher's own check: hashes of 0, 01, 0102 ... with seed 256 - length, hashed again; first four bytes. */
static void test_smhasher_verification(void **state)
{
    (void)state;
    uint8_t key[256], hashes[256 * 16], last[16];
    for (int i = 0; i < 256; i++) {
        key[i] = (uint8_t)i;
        kin_hash128(key, (size_t)i, (uint32_t)(256 - i), hashes + 16 * i);
    }
    kin_hash128(hashes, sizeof hashes, 0, last);
    uint32_t first = last[0] | (uint32_t)last[1] << 8 | (uint32_t)last[2] << 16 | (uint32_t)last[3] << 24;
    assert_int_equal(first, 0x6384BA69);
}

static void test_address_does_not_matter(void **state)
{
    (void)state;
    char    text[80];
    uint8_t a[16], b[16];
    for (int shift = 0; shift < 9; shift++) {
        memset(text + shift, 'k', 70);
        kin_hash128(text + shift, 70, 0, shift ? b : a);
        if (shift) assert_memory_equal(a, b, 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_published_values),
                                       cmocka_unit_test(test_smhasher_verification),
                                       cmocka_unit_test(test_address_does_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
