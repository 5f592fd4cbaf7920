/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash of bytes, 128 bits wide: fingerprints of models, "the same photo again". No protection against somebody who
 * makes collisions on purpose.
 */
#ifndef KIN_BASE_HASH_H
#define KIN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* MurmurHash3_x64_128 (Austin Appleby, public domain) of `size` bytes with this seed. out[0..8) is h1, out[8..16) h2,
 * each little-endian: the same 16 bytes on every machine. */
void kin_hash128(const void *bytes, size_t size, uint32_t seed, uint8_t out[16]);

/* "1b4f..." : 32 hexadecimal digits and a NUL. Returns `out`. */
const char *kin_hash_text(const uint8_t hash[16], char out[33]);

#endif
