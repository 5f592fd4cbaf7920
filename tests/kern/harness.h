/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel tests share: a run over every level of the machine (and AVX-512 by emulation), random numbers from a
 * seed of the command line, buffers between guard pages, comparison bit by bit or within a tolerance.
 *
 *     build/tests/test_kern_gemm [seed [level]]
 */
#ifndef KIN_TESTS_KERN_HARNESS_H
#define KIN_TESTS_KERN_HARNESS_H

#include "base/random.h"
#include "kern/registry.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const kin_kernels *k;
    const char        *level;
    bool               fused; /* the level has FMA: equal to scalar bit by bit */
    uint64_t           seed;
    int                round;
    kin_random         random;
    int                failures;
} kern_test;

/* Runs `body` `rounds` times for every level, each time with another stream of random numbers; the buffers are freed
 * behind each. Returns the exit status. */
int kern_main(int argc, char **argv, int rounds, void (*body)(kern_test *t));

static inline size_t kern_range(kern_test *t, size_t low, size_t high)
{
    return (size_t)kin_random_range(&t->random, (int64_t)low, (int64_t)high);
}
static inline bool kern_flip(kern_test *t)
{
    return kin_random_u64(&t->random) & 1;
}
/* Bytes that end at a page that cannot be touched, or begin behind one; around them a pattern that is checked when they
 * are freed. `align` a power of two that divides the page. Contents: the pattern. */
void *kern_bytes(kern_test *t, size_t size, size_t align);
/* n floats, uniform in [-1, 1), at any multiple of 4 bytes. */
float *kern_floats(kern_test *t, size_t n);
/* The same, in one round of four with NaN, infinities, zeros of both signs and denormals among them: none may spread to
 * outputs that do not depend on it, however lanes and tails are filled. */
float *kern_wild(kern_test *t, size_t n);
/* n floats of the pattern, for outputs. */
float *kern_blank(kern_test *t, size_t n);
/* An epilogue of any kind with its slope; *residual says whether the caller should add one. */
kin_kern_epilogue kern_epilogue(kern_test *t, size_t channels, bool *residual);
/* exact: the same bits. Else |got - expected| <= tolerance * the largest |expected|; values of the pattern must be the
 * same always. */
void kern_same(kern_test *t, const char *what, const float *expected, const float *got, size_t n, bool exact,
               double tolerance);
void kern_fail(kern_test *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
