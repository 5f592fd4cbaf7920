/* SPDX-License-Identifier: Apache-2.0
 *
 * The one-dimensional transforms of F(4, 3) (points 0, 1, -1, 2, -2, infinity), over a type T with T_ADD, T_SUB, T_FMA,
 * T_SET: vectors in winograd.inc, float in scalar.c. Two dimensions: first all columns, then all lines.
 *
 *      4  0 -5  0  1  0            1  1  1  1  1  0
 *      0 -4 -4  1  1  0            0  1 -1  2 -2  0
 * B' = 0  4 -4 -1  1  0       A' = 0  1  1  4  4  0
 *      0 -2 -1  2  1  0            0  1 -1  8 -8  1
 *      0  2 -1 -2  1  0
 *      0  4  0 -5  0  1
 */
static inline __attribute__((always_inline)) void input_line(T d[6])
{
    const T two = T_SET(2), four = T_SET(4), minus4 = T_SET(-4), minus5 = T_SET(-5);
    T       a = T_FMA(minus4, d[2], d[4]), b = T_FMA(minus4, d[1], d[3]);
    T       c = T_SUB(d[4], d[2]), e = T_SUB(d[3], d[1]);
    T       first = T_FMA(four, d[0], T_FMA(minus5, d[2], d[4]));
    T       last = T_FMA(four, d[1], T_FMA(minus5, d[3], d[5]));
    d[0] = first;
    d[1] = T_ADD(a, b);
    d[2] = T_SUB(a, b);
    d[3] = T_FMA(two, e, c);
    d[4] = T_FMA(T_SET(-2), e, c);
    d[5] = last;
}

/* d[0..3] = A' d */
static inline __attribute__((always_inline)) void output_line(T d[6])
{
    T a = T_ADD(d[1], d[2]), b = T_SUB(d[1], d[2]), c = T_ADD(d[3], d[4]), e = T_SUB(d[3], d[4]);
    d[0] = T_ADD(T_ADD(d[0], a), c);
    d[1] = T_FMA(T_SET(2), e, b);
    d[2] = T_FMA(T_SET(4), c, a);
    d[3] = T_ADD(T_FMA(T_SET(8), e, b), d[5]);
}

/* The transposes of the output's and the weights' transforms, for the gradient by the weights: d = A d[0..3]. */
static inline __attribute__((always_inline)) void give_line(T d[6])
{
    T even = T_ADD(d[0], d[2]), odd = T_ADD(d[1], d[3]), far = d[3];
    T wide = T_FMA(T_SET(4), d[2], d[0]), steep = T_FMA(T_SET(8), d[3], T_ADD(d[1], d[1]));
    d[1] = T_ADD(even, odd);
    d[2] = T_SUB(even, odd);
    d[3] = T_ADD(wide, steep);
    d[4] = T_SUB(wide, steep);
    d[5] = far;
}

/* d[0..2] = G' d (G: winograd.c) */
static inline __attribute__((always_inline)) void finish_line(T d[6])
{
    T a = T_ADD(d[1], d[2]), b = T_SUB(d[2], d[1]), c = T_ADD(d[3], d[4]), e = T_SUB(d[3], d[4]);
    T first = T_FMA(T_SET(0.25f), d[0], T_FMA(T_SET(-1.0f / 6), a, T_MUL(T_SET(1.0f / 24), c)));
    d[2] = T_FMA(T_SET(1.0f / 6), T_SUB(c, a), d[5]);
    d[1] = T_FMA(T_SET(1.0f / 6), b, T_MUL(T_SET(1.0f / 12), e));
    d[0] = first;
}
