/* SPDX-License-Identifier: Apache-2.0
 *
 * float16 (IEEE 754 binary16) as bits, to float and back.
 */
#ifndef KIN_NN_OPS_HALF_H
#define KIN_NN_OPS_HALF_H

#include <math.h>
#include <stdint.h>

static inline float kin_half_to_float(uint16_t half)
{
    int    exponent = half >> 10 & 31, mantissa = half & 1023;
    double v = exponent == 0    ? ldexp(mantissa, -24) /* zero and subnormal numbers */
               : exponent == 31 ? (mantissa ? NAN : INFINITY)
                                : ldexp(1024 + mantissa, exponent - 25);
    return (float)(half & 0x8000 ? -v : v);
}

/* Rounds to the nearest, ties to even; what is too large becomes infinite. */
static inline uint16_t kin_half_from_float(float x)
{
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    double   v = fabs((double)x);
    if (isnan(x)) return sign | 0x7E00;
    if (v >= 65520) return sign | 0x7C00;
    int exponent;
    frexp(v, &exponent);                  /* v = m * 2^exponent, m in [0.5, 1) */
    if (exponent < -13) exponent = -13;   /* subnormal: units of 2^-24 */
    double units = ldexp(v, 11 - exponent), down = floor(units), rest = units - down;
    if (rest > 0.5 || (rest == 0.5 && fmod(down, 2) == 1)) down++;
    /* Units of a normal number are 1024 .. 2048: the hidden bit, or a carry, adds to the exponent field. */
    return (uint16_t)(sign | (uint16_t)((exponent + 13) * 1024 + (int)down));
}

#endif
