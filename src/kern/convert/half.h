/* SPDX-License-Identifier: Apache-2.0
 *
 * One value between IEEE half precision and float32, in integers: the truth, and the tails of the vector levels.
 */
#ifndef KIN_KERN_CONVERT_HALF_H
#define KIN_KERN_CONVERT_HALF_H

#include <stdint.h>
#include <string.h>

static inline float kin_half_to_float(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 0x3ff, bits;
    if (exponent == 31)
        bits = sign | 0x7f800000u | fraction << 13 | (fraction ? 0x400000u : 0);
    else if (exponent)
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    else {
        float value = (float)fraction * 0x1p-24f; /* subnormal or zero: exact */
        memcpy(&bits, &value, sizeof bits);
        bits |= sign;
    }
    float out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

static inline uint16_t kin_float_to_half(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000u) return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff));
    if (rest >= 0x477ff000u) return (uint16_t)(sign | 0x7c00); /* 65520 and more round to infinity */
    if (rest < 0x33000001u) return (uint16_t)sign;              /* 2^-25 and less round to zero */
    uint32_t fraction = rest & 0x7fffff, drop = 13, exponent = rest >> 23;
    uint32_t whole;
    if (exponent >= 113)
        whole = (exponent - 112) << 23 | fraction;
    else { /* subnormal: shift the fraction with its hidden bit */
        whole = fraction | 0x800000;
        drop += 113 - exponent;
    }
    uint32_t half = whole >> drop, left = whole & ((1u << drop) - 1), tie = 1u << (drop - 1);
    if (left > tie || (left == tie && (half & 1))) half++; /* may carry into the exponent: right */
    return (uint16_t)(sign | half);
}

#endif
