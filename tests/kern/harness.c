/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel tests' main, guarded memory and comparison.
 */
#include "tests/kern/harness.h"

#include <stdarg.h>
#include <stdlib.h>

#ifdef __wasm__ /* no page can be guarded: the pattern around a block still catches stray writes */
enum { PROT_NONE, PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE, MAP_ANONYMOUS = 0, _SC_PAGESIZE };
#define MAP_FAILED NULL
#define mmap(at, size, protection, flags, file, offset) aligned_alloc(4096, size)
#define mprotect(at, size, protection) 0
#define munmap(at, size) free(at)
#define sysconf(name) 4096
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

#ifdef KIN_SIMDE
extern const kin_gemm_kernel        kin_gemm_simde512;
extern const kin_winograd_kernel    kin_winograd_simde512;
extern const kin_depthwise_kernel   kin_depthwise_simde512;
extern const kin_elementwise_kernel kin_elementwise_simde512;
extern const kin_pool_kernel        kin_pool_simde512;
extern const kin_dot_kernel         kin_dot_simde512;
extern const kin_convert_kernel     kin_convert_simde512;
extern const kin_columns_kernel     kin_columns_simde512;
static const kin_kernels            emulated = {
    KIN_CPU_AVX512,   &kin_gemm_simde512, &kin_winograd_simde512, &kin_depthwise_simde512, &kin_elementwise_simde512,
    &kin_pool_simde512, &kin_dot_simde512, &kin_convert_simde512, &kin_columns_simde512};
#endif

enum { PATTERN = 0xa5, BLOCKS = 64 };

static struct {
    unsigned char *region, *block;
    size_t         whole, size, page;
} blocks[BLOCKS];
static int block_count;

void kern_fail(kern_test *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s seed %llu round %d: ", t->level, (unsigned long long)t->seed, t->round);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    t->failures++;
}

void *kern_bytes(kern_test *t, size_t size, size_t align)
{
    size_t         page = (size_t)sysconf(_SC_PAGESIZE), middle = (size + page - 1) / page * page + page;
    size_t         whole = middle + 2 * page;
    unsigned char *region = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED || block_count == BLOCKS || mprotect(region + page, middle, PROT_READ | PROT_WRITE) != 0) {
        fprintf(stderr, "no memory for a guarded block\n");
        exit(99);
    }
    memset(region + page, PATTERN, middle);
    size_t offset = kern_flip(t) ? 0 : (middle - size) / align * align;
    blocks[block_count].region = region;
    blocks[block_count].whole = whole;
    blocks[block_count].page = page;
    blocks[block_count].size = size;
    blocks[block_count].block = region + page + offset;
    return blocks[block_count++].block;
}

static void free_all(kern_test *t)
{
    for (int i = 0; i < block_count; i++) {
        unsigned char *end = blocks[i].region + blocks[i].whole - blocks[i].page;
        for (unsigned char *p = blocks[i].region + blocks[i].page; p < end; p++) {
            if (p == blocks[i].block) p += blocks[i].size;
            if (p < end && *p != PATTERN) {
                kern_fail(t, "stray write %ld bytes from the start of block %d of %zu bytes",
                          (long)(p - blocks[i].block), i, blocks[i].size);
                break;
            }
        }
        munmap(blocks[i].region, blocks[i].whole);
    }
    block_count = 0;
}

float *kern_blank(kern_test *t, size_t n)
{
    return kern_bytes(t, n * sizeof(float), sizeof(float));
}

float *kern_floats(kern_test *t, size_t n)
{
    float *x = kern_blank(t, n);
    for (size_t i = 0; i < n; i++) x[i] = (float)(kin_random_unit(&t->random) * 2 - 1);
    return x;
}

float *kern_wild(kern_test *t, size_t n)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e-40f, -1e-40f};
    float             *x = kern_floats(t, n);
    for (size_t i = 0; i < n && t->round % 4 == 3; i++)
        if (kern_range(t, 0, 39) == 0) x[i] = odd[kern_range(t, 0, sizeof odd / sizeof *odd - 1)];
    return x;
}

kin_kern_epilogue kern_epilogue(kern_test *t, size_t channels, bool *residual)
{
    kin_kern_epilogue e = {.act = (kin_kern_act)kern_range(t, 0, 3), .low = -0.5f, .high = 0.75f, .alpha = 0.3f};
    if (kern_flip(t)) e.low = 0, e.high = INFINITY;
    e.slope = e.act == KIN_KERN_SLOPE ? kern_floats(t, channels) : NULL;
    *residual = kern_flip(t);
    e.residual_first = kern_flip(t);
    return e;
}

void kern_same(kern_test *t, const char *what, const float *expected, const float *got, size_t n, bool exact,
               double tolerance)
{
    double largest = 0;
    if (memcmp(expected, got, n * sizeof(float)) == 0) return;
    uint32_t pattern;
    memset(&pattern, PATTERN, sizeof pattern);
    for (size_t i = 0; i < n; i++)
        if (isfinite(expected[i])) largest = fmax(largest, fabs((double)expected[i]));
    for (size_t i = 0; i < n; i++) {
        uint32_t a, b;
        memcpy(&a, expected + i, 4);
        memcpy(&b, got + i, 4);
        double off = fabs((double)got[i] - (double)expected[i]);
        if (a == b || (isnan(expected[i]) && isnan(got[i]))) continue;
        if (exact || a == pattern || !(off <= tolerance * largest)) {
            kern_fail(t, "%s: value %zu of %zu is %.9g (%08x), expected %.9g (%08x)%s", what, i, n, (double)got[i], b,
                      (double)expected[i], a, exact ? ", the same bits" : "");
            return;
        }
    }
}

static int run_level(kern_test t, int rounds, void (*body)(kern_test *))
{
    for (t.round = 0; t.round < rounds && t.failures < 5; t.round++) {
        t.random = kin_random_make(t.seed, (uint64_t)t.round);
        body(&t);
        free_all(&t);
    }
    return t.failures;
}

int kern_main(int argc, char **argv, int rounds, void (*body)(kern_test *))
{
    uint64_t    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    const char *only = argc > 2 ? argv[2] : NULL;
    int         failures = 0;
    for (int i = 0; i < KIN_CPU_LEVELS; i++) {
        kin_cpu            level = (kin_cpu)i;
        const char        *name = kin_cpu_level_name(level);
        const kin_kernels *k = kin_kernels_for(level);
        if (!kin_cpu_has(level) || k->level != level || (only && strcmp(only, name) != 0)) continue;
        kern_test t = {.k = k, .level = name, .fused = level != KIN_CPU_SSE41 && level != KIN_CPU_SIMD128};
        t.seed = seed;
        failures += run_level(t, rounds, body);
    }
#ifdef KIN_SIMDE
    if (kin_cpu_has(KIN_CPU_AVX2) && (!only || strcmp(only, "emulated") == 0)) {
        kern_test t = {.k = &emulated, .level = "emulated avx512", .fused = true, .seed = seed};
        failures += run_level(t, rounds, body);
    }
#endif
    return failures ? 1 : 0;
}
