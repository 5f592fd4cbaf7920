/* SPDX-License-Identifier: Apache-2.0
 *
 * exp, sigmoid and tanh over a type T (vectors in elementwise.inc, float in scalar.c) with F_FMA, F_MUL, F_ADD, F_SUB,
 * F_DIV, F_SET, F_MIN, F_MAX, F_ROUND, F_POW2, F_ABS, F_WITH_SIGN, F_BELOW.
 *
 * exp: x = n ln 2 + r, |r| <= ln 2 / 2, e^r by the polynomial of Cephes (Moshier, expf.c), times 2^n in two steps so that
 * infinity and subnormals come out right. tanh below 0.625: Cephes' tanhf.c.
 */
#define F_INLINE static inline __attribute__((always_inline))

F_INLINE T f_exp(T x)
{
    x = F_MIN(F_SET(89.0f), F_MAX(F_SET(-104.0f), x)); /* behind these: infinity and 0. NaN passes */
    T n = F_ROUND(F_MUL(x, F_SET(1.44269504088896341f)));
    T r = F_FMA(n, F_SET(-0.693359375f), x);
    r = F_FMA(n, F_SET(2.12194440e-4f), r);
    T p = F_SET(1.9875691500e-4f);
    p = F_FMA(p, r, F_SET(1.3981999507e-3f));
    p = F_FMA(p, r, F_SET(8.3334519073e-3f));
    p = F_FMA(p, r, F_SET(4.1665795894e-2f));
    p = F_FMA(p, r, F_SET(1.6666665459e-1f));
    p = F_FMA(p, r, F_SET(5.0000001201e-1f));
    p = F_ADD(F_FMA(p, F_MUL(r, r), r), F_SET(1.0f));
    T half = F_ROUND(F_MUL(n, F_SET(0.5f)));
    return F_MUL(F_MUL(p, F_POW2(half)), F_POW2(F_SUB(n, half)));
}

F_INLINE T f_sigmoid(T x)
{
    return F_DIV(F_SET(1.0f), F_ADD(F_SET(1.0f), f_exp(F_SUB(F_SET(0.0f), x))));
}

F_INLINE T f_tanh(T x)
{
    T z = F_ABS(x), e = f_exp(F_MUL(F_SET(-2.0f), z)); /* in [0, 1]: no overflow */
    T large = F_WITH_SIGN(F_DIV(F_SUB(F_SET(1.0f), e), F_ADD(F_SET(1.0f), e)), x);
    T s = F_MUL(x, x), p = F_SET(-5.70498872745e-3f);
    p = F_FMA(p, s, F_SET(2.06390887954e-2f));
    p = F_FMA(p, s, F_SET(-5.37397155531e-2f));
    p = F_FMA(p, s, F_SET(1.33314422036e-1f));
    p = F_FMA(p, s, F_SET(-3.33332819422e-1f));
    return F_BELOW(F_SUB(z, F_SET(0.625f)), F_FMA(F_MUL(p, s), x, x), large);
}
