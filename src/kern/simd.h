/* SPDX-License-Identifier: Apache-2.0
 *
 * A thin vector type over the intrinsics of one CPU level, so that a kernel's body is written once. A level's file
 * defines KIN_LEVEL_SSE41, _AVX2, _AVX512, _NEON or _SIMD128 before it includes this.
 *
 * V                 V_LANES floats
 * v_fma(a, b, c)    a * b + c: one rounding where V_FUSED is 1, else two
 * v_max(a, b)       a > b ? a : b, v_min(a, b): a < b ? a : b, the same for zeros and NaN at every level
 * v_below(x, a, b)  x < 0 ? a : b
 * v_load_n, v_store_n   the first n lanes, 0 <= n <= V_LANES; others read as 0, stay untouched; no byte outside is read
 * v_round           to the nearest integer, ties to even
 * v_pow2(n)         2^n for whole n in [-126, 127]
 *
 * W                 V_LANES whole numbers of 32 bits
 * w_dot(sum, a, b)  sum + products of the 2 * V_LANES int16 at a with the int8 at b, in pairs: none may overflow
 * w_sum(w)          the sum of the lanes
 */
#ifndef KIN_KERN_SIMD_H
#define KIN_KERN_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KIN_PASTE_(a, b) a##_##b
#define KIN_PASTE(a, b) KIN_PASTE_(a, b)
/* The name of this level's version of something: KERN(kin_gemm) is kin_gemm_avx2. */
#define KERN(name) KIN_PASTE(name, V_LEVEL)
#define V_INLINE static inline __attribute__((always_inline, unused))
#if defined(__clang__)
#define V_UNROLL _Pragma("clang loop unroll(full)")
#else
#define V_UNROLL _Pragma("GCC unroll 32")
#endif

#if defined(KIN_LEVEL_AVX512)

#if defined(KIN_SIMDE) /* the tests' emulation for machines without AVX-512, given with -include */
#define V_LEVEL simde512
#else
#include <immintrin.h>
#define V_LEVEL avx512
#endif
#define V_CPU KIN_CPU_AVX512
#define V_LANES 16
#define V_FUSED 1
typedef __m512 V;
#define v_load(p) _mm512_loadu_ps(p)
#define v_store(p, v) _mm512_storeu_ps(p, v)
#define v_set1(x) _mm512_set1_ps(x)
#define v_zero() _mm512_setzero_ps()
#define v_add(a, b) _mm512_add_ps(a, b)
#define v_sub(a, b) _mm512_sub_ps(a, b)
#define v_mul(a, b) _mm512_mul_ps(a, b)
#define v_div(a, b) _mm512_div_ps(a, b)
#define v_max(a, b) _mm512_max_ps(a, b)
#define v_min(a, b) _mm512_min_ps(a, b)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
V_INLINE V v_below(V x, V a, V b)
{
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ), b, a);
}
V_INLINE V v_load_n(const float *p, size_t n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1u), p);
}
V_INLINE void v_store_n(float *p, V v, size_t n)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1u), v);
}
V_INLINE V v_round(V x)
{
    return _mm512_roundscale_ps(x, 0);
}
V_INLINE V v_pow2(V n)
{
    __m512i i = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(i, 23));
}
V_INLINE V v_abs(V x)
{
    return _mm512_castsi512_ps(_mm512_and_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff)));
}
V_INLINE V v_with_sign(V x, V s) /* |x| with the sign of s */
{
    __m512i m = _mm512_set1_epi32(0x7fffffff);
    return _mm512_castsi512_ps(_mm512_or_epi32(_mm512_and_epi32(_mm512_castps_si512(x), m),
                                               _mm512_andnot_epi32(m, _mm512_castps_si512(s))));
}
typedef __m512i W;
#define w_zero() _mm512_setzero_si512()
V_INLINE W w_dot(W sum, const int16_t *a, const int8_t *b)
{
    W wide = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)b));
    return _mm512_add_epi32(sum, _mm512_madd_epi16(_mm512_loadu_si512(a), wide));
}
V_INLINE __m128i w_fold(W w)
{
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(w), _mm512_extracti64x4_epi64(w, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

#elif defined(KIN_LEVEL_AVX2)

#include <immintrin.h>
#define V_LEVEL avx2
#define V_CPU KIN_CPU_AVX2
#define V_LANES 8
#define V_FUSED 1
typedef __m256 V;
#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, v) _mm256_storeu_ps(p, v)
#define v_set1(x) _mm256_set1_ps(x)
#define v_zero() _mm256_setzero_ps()
#define v_add(a, b) _mm256_add_ps(a, b)
#define v_sub(a, b) _mm256_sub_ps(a, b)
#define v_mul(a, b) _mm256_mul_ps(a, b)
#define v_div(a, b) _mm256_div_ps(a, b)
#define v_max(a, b) _mm256_max_ps(a, b)
#define v_min(a, b) _mm256_min_ps(a, b)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
V_INLINE V v_below(V x, V a, V b)
{
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ));
}
static const int32_t v_lane_mask[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
V_INLINE V v_load_n(const float *p, size_t n)
{
    return _mm256_maskload_ps(p, _mm256_loadu_si256((const __m256i *)(v_lane_mask + 8 - n)));
}
V_INLINE void v_store_n(float *p, V v, size_t n)
{
    _mm256_maskstore_ps(p, _mm256_loadu_si256((const __m256i *)(v_lane_mask + 8 - n)), v);
}
#define v_round(x) _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
V_INLINE V v_pow2(V n)
{
    __m256i i = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(i, 23));
}
V_INLINE V v_abs(V x)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
}
V_INLINE V v_with_sign(V x, V s)
{
    V sign = _mm256_set1_ps(-0.0f);
    return _mm256_or_ps(_mm256_andnot_ps(sign, x), _mm256_and_ps(sign, s));
}
typedef __m256i W;
#define w_zero() _mm256_setzero_si256()
V_INLINE W w_dot(W sum, const int16_t *a, const int8_t *b)
{
    W wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)b));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)a), wide));
}
V_INLINE __m128i w_fold(W w)
{
    return _mm_add_epi32(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1));
}

#elif defined(KIN_LEVEL_SSE41)

#include <smmintrin.h>
#define V_LEVEL sse41
#define V_CPU KIN_CPU_SSE41
#define V_LANES 4
#define V_FUSED 0
typedef __m128 V;
#define v_load(p) _mm_loadu_ps(p)
#define v_store(p, v) _mm_storeu_ps(p, v)
#define v_set1(x) _mm_set1_ps(x)
#define v_zero() _mm_setzero_ps()
#define v_add(a, b) _mm_add_ps(a, b)
#define v_sub(a, b) _mm_sub_ps(a, b)
#define v_mul(a, b) _mm_mul_ps(a, b)
#define v_div(a, b) _mm_div_ps(a, b)
#define v_max(a, b) _mm_max_ps(a, b)
#define v_min(a, b) _mm_min_ps(a, b)
#define v_fma(a, b, c) _mm_add_ps(_mm_mul_ps(a, b), c)
V_INLINE V v_below(V x, V a, V b)
{
    return _mm_blendv_ps(b, a, _mm_cmplt_ps(x, _mm_setzero_ps()));
}
#define v_round(x) _mm_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
V_INLINE V v_pow2(V n)
{
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_add_epi32(_mm_cvtps_epi32(n), _mm_set1_epi32(127)), 23));
}
V_INLINE V v_abs(V x)
{
    return _mm_andnot_ps(_mm_set1_ps(-0.0f), x);
}
V_INLINE V v_with_sign(V x, V s)
{
    V sign = _mm_set1_ps(-0.0f);
    return _mm_or_ps(_mm_andnot_ps(sign, x), _mm_and_ps(sign, s));
}
typedef __m128i W;
#define w_zero() _mm_setzero_si128()
V_INLINE W w_dot(W sum, const int16_t *a, const int8_t *b)
{
    W wide = _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)b));
    return _mm_add_epi32(sum, _mm_madd_epi16(_mm_loadu_si128((const __m128i *)a), wide));
}
#define w_fold(w) (w)

#elif defined(KIN_LEVEL_NEON)

#include <arm_neon.h>
#define V_LEVEL neon
#define V_CPU KIN_CPU_NEON
#define V_LANES 4
#define V_FUSED 1
typedef float32x4_t V;
#define v_load(p) vld1q_f32(p)
#define v_store(p, v) vst1q_f32(p, v)
#define v_set1(x) vdupq_n_f32(x)
#define v_zero() vdupq_n_f32(0)
#define v_add(a, b) vaddq_f32(a, b)
#define v_sub(a, b) vsubq_f32(a, b)
#define v_mul(a, b) vmulq_f32(a, b)
#define v_div(a, b) vdivq_f32(a, b)
#define v_fma(a, b, c) vfmaq_f32(c, a, b)
V_INLINE V v_max(V a, V b)
{
    return vbslq_f32(vcgtq_f32(a, b), a, b);
}
V_INLINE V v_min(V a, V b)
{
    return vbslq_f32(vcltq_f32(a, b), a, b);
}
V_INLINE V v_below(V x, V a, V b)
{
    return vbslq_f32(vcltq_f32(x, vdupq_n_f32(0)), a, b);
}
#define v_round(x) vrndnq_f32(x)
V_INLINE V v_pow2(V n)
{
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127)), 23));
}
#define v_abs(x) vabsq_f32(x)
V_INLINE V v_with_sign(V x, V s)
{
    return vbslq_f32(vdupq_n_u32(0x80000000u), s, x);
}
typedef int32x4_t W;
#define w_zero() vdupq_n_s32(0)
V_INLINE W w_dot(W sum, const int16_t *a, const int8_t *b)
{
    int16x8_t x = vld1q_s16(a), wide = vmovl_s8(vld1_s8(b));
    return vmlal_high_s16(vmlal_s16(sum, vget_low_s16(x), vget_low_s16(wide)), x, wide);
}
#define w_sum(w) vaddvq_s32(w)

#elif defined(KIN_LEVEL_SIMD128)

#include <wasm_simd128.h>
#define V_LEVEL simd128
#define V_CPU KIN_CPU_SIMD128
#define V_LANES 4
#define V_FUSED 0
typedef v128_t V;
#define v_load(p) wasm_v128_load(p)
#define v_store(p, v) wasm_v128_store(p, v)
#define v_set1(x) wasm_f32x4_splat(x)
#define v_zero() wasm_f32x4_splat(0)
#define v_add(a, b) wasm_f32x4_add(a, b)
#define v_sub(a, b) wasm_f32x4_sub(a, b)
#define v_mul(a, b) wasm_f32x4_mul(a, b)
#define v_div(a, b) wasm_f32x4_div(a, b)
#define v_max(a, b) wasm_f32x4_pmax(b, a)
#define v_min(a, b) wasm_f32x4_pmin(b, a)
#define v_fma(a, b, c) wasm_f32x4_add(wasm_f32x4_mul(a, b), c)
V_INLINE V v_below(V x, V a, V b)
{
    return wasm_v128_bitselect(a, b, wasm_f32x4_lt(x, wasm_f32x4_splat(0)));
}
#define v_round(x) wasm_f32x4_nearest(x)
V_INLINE V v_pow2(V n)
{
    return wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
}
#define v_abs(x) wasm_f32x4_abs(x)
V_INLINE V v_with_sign(V x, V s)
{
    return wasm_v128_bitselect(s, x, wasm_i32x4_splat((int32_t)0x80000000u));
}
typedef v128_t W;
#define w_zero() wasm_i32x4_splat(0)
V_INLINE W w_dot(W sum, const int16_t *a, const int8_t *b)
{
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_v128_load(a), wasm_i16x8_load8x8(b)));
}
V_INLINE int32_t w_sum(W w)
{
    return wasm_i32x4_extract_lane(w, 0) + wasm_i32x4_extract_lane(w, 1) + wasm_i32x4_extract_lane(w, 2) +
           wasm_i32x4_extract_lane(w, 3);
}

#else
#error "define KIN_LEVEL_... before including kern/simd.h"
#endif

#if V_LANES == 4
V_INLINE V v_load_n(const float *p, size_t n)
{
    float lane[4] = {0, 0, 0, 0};
    if (n & 4) return v_load(p);
    if (n & 2) memcpy(lane, p, 8);
    if (n & 1) lane[n & 2] = p[n & 2];
    return v_load(lane);
}
V_INLINE void v_store_n(float *p, V v, size_t n)
{
    float lane[4];
    v_store(lane, v);
    for (size_t i = 0; i < n; i++) p[i] = lane[i];
}
#endif

#ifdef __SSE4_1__
V_INLINE int32_t w_sum(W w)
{
    __m128i four = w_fold(w), two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
}
#endif

#endif
