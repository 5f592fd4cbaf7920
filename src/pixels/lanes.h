/* SPDX-License-Identifier: Apache-2.0
 *
 * Four numbers at a time with the vectors that every target has: a pixel's R, G, B and an idle one, or bytes of a row.
 */
#ifndef KIN_PIXELS_LANES_H
#define KIN_PIXELS_LANES_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

typedef float   kin_lanes __attribute__((vector_size(16)));
typedef int32_t kin_whole_lanes __attribute__((vector_size(16)));

/* Four bytes as floats. gcc 12 takes a vector of four bytes apart, so where there is SSE2 it is said how. */
static inline kin_lanes kin_lanes_load(const uint8_t *bytes)
{
#if defined(__SSE2__)
    int32_t four;
    memcpy(&four, bytes, sizeof four);
    const __m128i zero = _mm_setzero_si128(), pairs = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero);
    return (kin_lanes)_mm_cvtepi32_ps(_mm_unpacklo_epi16(pairs, zero));
#else
    typedef uint8_t byte_lanes __attribute__((vector_size(4)));
    byte_lanes four;
    memcpy(&four, bytes, sizeof four);
    return __builtin_convertvector(__builtin_convertvector(four, kin_whole_lanes), kin_lanes);
#endif
}

#endif
