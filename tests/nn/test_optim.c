/* SPDX-License-Identifier: Apache-2.0
 *
 * Optimisers and schedules against Keras (tests/golden/optim.txt, scripts/golden-optim.py), their texts, many threads'
 * pieces, gradients that are no numbers.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "nn/optim/optim.h"
#include "nn/optim/schedule.h"
#include "support/context.h"

enum { STEPS = 5, FIRST = 7, COUNT = 12, ROOM = 64 };

static FILE *golden;
static char  line[1000];

static bool next_line(void)
{
    while (fgets(line, sizeof line, golden)) {
        line[strcspn(line, "\n")] = 0;
        if (*line != '#') return true;
    }
    return false;
}

static size_t read_numbers(double *out)
{
    size_t count = 0;
    char  *at = line, *end;
    assert_true(next_line());
    for (double v = strtod(at, &end); end != at && count < COUNT; v = strtod(at = end, &end)) out[count++] = v;
    return count;
}

/* Both tensors in one array, the second at a place of its own. */
static void spread(const double *from, float *to)
{
    for (int i = 0; i < COUNT; i++) to[i < FIRST ? i : i - FIRST + 16] = (float)from[i];
}

static void compare(const float *found, const double *wanted, const char *what)
{
    for (int i = 0; i < COUNT; i++) {
        double f = found[i < FIRST ? i : i - FIRST + 16];
        if (fabs(f - wanted[i]) > 2e-6 * (1 + fabs(wanted[i]))) fail_msg("%s: number %d is %.9g, Keras has %.9g", what, i, f, wanted[i]);
    }
}

static void run_case(const double *start, double gradients[STEPS][COUNT])
{
    static const kin_optim_tensor tensors[] = {{0, FIRST, 1, true}, {16, COUNT - FIRST, 1, true}};
    float           memory[5][ROOM] = {{0}}, gradient[ROOM] = {0};
    kin_optim       o;
    double          wanted[COUNT];
    kin_optim_state s = {.tensor = tensors, .tensor_count = 2, .count = 32, .weight = memory[0], .gradient = gradient};
    char            words[sizeof line];
    strcpy(words, line);
    assert_int_equal(kin_optim_parse(&ctx, words, &o), KIN_OK);
    for (int i = 0; i < 3; i++) s.slot[i] = memory[1 + i];
    if (o.average > 0) s.average = memory[4];
    spread(start, s.weight);
    for (int t = 0; t < STEPS; t++) {
        spread(gradients[t], gradient);
        assert_true(kin_optim_step(&o, ctx.splitter, 0.1, &s));
    }
    assert_int_equal((int)s.step, STEPS);
    assert_int_equal((int)read_numbers(wanted), COUNT);
    compare(s.weight, wanted, words);
    if (!s.average) return;
    read_numbers(wanted);
    compare(s.average, wanted, words);
}

static void run_schedule(void)
{
    kin_schedule s;
    double       wanted[COUNT];
    assert_int_equal(kin_schedule_parse(&ctx, line, &s), KIN_OK);
    s.rate = 0.5;
    size_t count = read_numbers(wanted);
    assert_int_equal((int)count, COUNT);
    for (size_t i = 0; i < count; i++) assert_true(fabs(kin_schedule_rate(&s, 9 * i, 100) - wanted[i]) < 1e-6);
}

static void test_keras(void **state)
{
    double start[COUNT], gradients[STEPS][COUNT];
    int    cases = 0;
    (void)state;
    char        path[4096];
    const char *source = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/optim.txt", source ? source : ".");
    golden = fopen(path, "r");
    assert_non_null(golden);
    assert_int_equal((int)read_numbers(start), COUNT);
    for (int t = 0; t < STEPS; t++) assert_int_equal((int)read_numbers(gradients[t]), COUNT);
    for (; next_line(); cases++)
        if (!strncmp(line, "cosine", 6))
            run_schedule();
        else
            run_case(start, gradients);
    fclose(golden);
    assert_int_equal(cases, 13);
}

static void test_schedules(void **state)
{
    kin_schedule s;
    (void)state;
    assert_int_equal(kin_schedule_parse(&ctx, "step every=0.25 factor=0.5", &s), KIN_OK);
    s.rate = 8;
    assert_true(kin_schedule_rate(&s, 0, 100) == 8 && kin_schedule_rate(&s, 25, 100) == 4 && kin_schedule_rate(&s, 99, 100) == 1);
    assert_int_equal(kin_schedule_parse(&ctx, "constant", &s), KIN_OK);
    s.rate = 8;
    assert_true(kin_schedule_rate(&s, 99, 100) == 8 && kin_schedule_rate(&s, 5, 0) == 8);
    assert_int_equal(kin_schedule_parse(&ctx, "cosine least=2", &s), KIN_E_USAGE);
    assert_string_equal(ctx.error, "schedule: least is '2', expected a number from 0, below 1");
    assert_int_equal(kin_schedule_parse(&ctx, "linear", &s), KIN_E_USAGE);
}

static void test_texts(void **state)
{
    kin_optim o;
    (void)state;
    static const char *const wrong[][2] = {
        {"", "optimiser: '', expected sgd, rmsprop, adam or adamw"},
        {"sgdx", "optimiser: 'sgdx', expected sgd, rmsprop, adam or adamw"},
        {"sgd momentum", "optimiser: 'momentum' is not known"},
        {"sgd momentum=1", "optimiser: momentum is '1', expected a number from 0, below 1"},
        {"sgd momentum=0.5x", "optimiser: momentum is '0.5x', expected a number from 0, below 1"},
        {"sgd momentum=nan", "optimiser: momentum is 'nan', expected a number from 0, below 1"},
        {"sgd nesterov=1", "optimiser: 'nesterov=1' is not known"},
        {"sgd \033[31m", "optimiser: '?[31m' is not known"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(kin_optim_parse(&ctx, wrong[i][0], &o), KIN_E_USAGE);
        assert_string_equal(ctx.error, wrong[i][1]);
    }
    assert_int_equal(kin_optim_parse(&ctx, "  adamw   beta1=0.5 ", &o), KIN_OK);
    assert_true(o.beta1 == 0.5 && o.decay == 0.004 && o.kind == &kin_optim_adamw);
}

/* Pieces in the opposite order, as threads might take them. */
static void backwards(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    (void)self;
    while (count-- > 0) task(arg, count, 0);
}

static void test_order_of_pieces(void **state)
{
    enum { MANY = 100001 };
    kin_splitter           other = {2, backwards};
    const kin_optim_tensor tensor = {0, MANY, 1, true};
    float                 *block[2][4];
    kin_optim              o;
    (void)state;
    assert_int_equal(kin_optim_parse(&ctx, "adamw clip_global=1", &o), KIN_OK);
    for (int run = 0; run < 2; run++) {
        for (int i = 0; i < 4; i++) assert_int_equal(kin_alloc_zero(&ctx, MANY, sizeof(float), &block[run][i]), KIN_OK);
        kin_random      dice = kin_random_make(1, 1);
        kin_optim_state s = {.tensor = &tensor, .tensor_count = 1, .count = MANY, .weight = block[run][0],
                             .gradient = block[run][1], .slot = {block[run][2], block[run][3]}};
        for (int i = 0; i < MANY; i++) block[run][1][i] = (float)kin_random_normal(&dice);
        for (int t = 0; t < 3; t++) assert_true(kin_optim_step(&o, run ? &other : ctx.splitter, 0.1, &s));
        block[run][1][77] = NAN;
        assert_false(kin_optim_step(&o, ctx.splitter, 0.1, &s));
        assert_int_equal((int)s.step, 3);
    }
    assert_memory_equal(block[0][0], block[1][0], MANY * sizeof(float));
    for (int i = 0; i < 8; i++) kin_release(&ctx, block[i / 4][i % 4]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_keras), TEST(test_schedules), TEST(test_texts), TEST(test_order_of_pieces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
