/* SPDX-License-Identifier: Apache-2.0
 *
 * AVX-512 intrinsics by emulation: SIMDe's, and in plain C the few that Debian 12's SIMDe does not have yet.
 */
#ifndef KIN_TESTS_KERN_SIMDE512_H
#define KIN_TESTS_KERN_SIMDE512_H

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

#include <math.h>
#include <string.h>

static inline simde__m512 own_maskz_loadu_ps(unsigned mask, const float *p)
{
    float lane[16] = {0};
    for (int i = 0; i < 16; i++)
        if (mask >> i & 1) lane[i] = p[i];
    return simde_mm512_loadu_ps(lane);
}
static inline void own_mask_storeu_ps(float *p, unsigned mask, simde__m512 v)
{
    float lane[16];
    simde_mm512_storeu_ps(lane, v);
    for (int i = 0; i < 16; i++)
        if (mask >> i & 1) p[i] = lane[i];
}
static inline simde__m512i own_cvtps_epi32(simde__m512 v)
{
    float   lane[16];
    int32_t out[16];
    simde_mm512_storeu_ps(lane, v);
    for (int i = 0; i < 16; i++) out[i] = lane[i] == lane[i] ? (int32_t)nearbyintf(lane[i]) : INT32_MIN;
    return simde_mm512_loadu_si512(out);
}
static inline simde__m512 own_cvtepi32_ps(simde__m512i v)
{
    float   lane[16];
    int32_t in[16];
    simde_mm512_storeu_si512(in, v);
    for (int i = 0; i < 16; i++) lane[i] = (float)in[i];
    return simde_mm512_loadu_ps(lane);
}
static inline simde__m512i own_cvtepu8_epi32(simde__m128i v)
{
    uint8_t in[16];
    int32_t out[16];
    memcpy(in, &v, sizeof in);
    for (int i = 0; i < 16; i++) out[i] = in[i];
    return simde_mm512_loadu_si512(out);
}

#undef _mm512_maskz_loadu_ps
#undef _mm512_mask_storeu_ps
#undef _mm512_mask_blend_ps
#undef _mm512_cvtps_epi32
#undef _mm512_cvtepi32_ps
#undef _mm512_cvtepu8_epi32
#undef _mm512_madd_epi16 /* its alias there takes four arguments */
#define _mm512_maskz_loadu_ps(mask, p) own_maskz_loadu_ps(mask, p)
#define _mm512_mask_storeu_ps(p, mask, v) own_mask_storeu_ps(p, mask, v)
#define _mm512_mask_blend_ps(mask, a, b) simde_mm512_mask_mov_ps(a, mask, b)
#define _mm512_cvtps_epi32(v) own_cvtps_epi32(v)
#define _mm512_cvtepi32_ps(v) own_cvtepi32_ps(v)
#define _mm512_cvtepu8_epi32(v) own_cvtepu8_epi32(v)
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)

#endif
