/* SPDX-License-Identifier: Apache-2.0
 *
 * Training steps of the face networks' building blocks, and of two whole narrow ones, against Keras 3 in float64
 * (tests/golden/steps): the loss, the gradient by the input and by every weight, batch norm's moving statistics after; scalar and
 * with the kernels of each level. Within 1e-5 (blocks) of the largest number of each tensor; where that is 0 by nature (a shift that a
 * batch norm takes out again), of the step's largest gradient.
 */
#include "golden/steps.h"

#include "base/cpu.h"

static double largest_of(const step_value *golden)
{
    double largest = 0;
    for (size_t i = 0; i < golden->count; i++) largest = fmax(largest, fabs((double)golden->value[i]));
    return largest;
}

static double error_of(const float *found, const step_value *golden, double all)
{
    double largest = largest_of(golden), error = 0;
    for (size_t i = 0; i < golden->count; i++) {
        if (!isfinite(found[i])) return INFINITY;
        error = fmax(error, fabs((double)found[i] - golden->value[i]));
    }
    return error / (largest > 1e-12 ? largest : all);
}

static double check(const kin_plan *plan, size_t output, const step_value *golden, double all, size_t step, const char *what)
{
    kin_shape shape = kin_plan_output_shape(plan, output);
    assert_int_equal(kin_count(&shape), golden->count);
    double error = error_of(kin_plan_output(plan, output), golden, all);
    if (!(error <= steps[step].near)) fail_msg("%s: %s: error %g of the largest", steps[step].name, what, error);
    return error;
}

static void check_step(size_t step, kin_cpu cpu)
{
    kin_context ctx;
    step_golden s;
    char        what[100];
    double      worst = 0, all = 0;
    kin_context_init(&ctx);
    ctx.cpu = cpu;
    step_open(&s, &ctx, steps[step].name);
    step_reverse(&s);
    kin_plan *plan = step_run(&s);
    for (size_t i = 0; i < s.gradients; i++) all = fmax(all, largest_of(&s.gradient[i]));
    check(plan, 0, &s.loss, all, step, "loss");
    for (size_t i = 0; i < s.gradients; i++) {
        snprintf(what, sizeof what, "gradient by %s", s.graph->tensor[s.gradient[i].tensor].name);
        worst = fmax(worst, check(plan, 1 + i, &s.gradient[i], all, step, what));
    }
    for (size_t i = 0; i < s.afters; i++) check(plan, 1 + s.gradients + i, &s.after[i], all, step, "statistics after");
    print_message("%-8s %-24s %3zu gradients, largest error %.1e\n", kin_cpu_level_name(cpu), steps[step].name, s.gradients, worst);
    kin_plan_free(plan);
    step_close(&s);
    assert_int_equal((long long)ctx.memory, 0);
}

static void check_all(kin_cpu cpu)
{
    for (size_t i = 0; i < STEPS; i++) check_step(i, cpu);
}

static void test_scalar(void **state)
{
    (void)state;
    check_all(KIN_CPU_SCALAR);
}

static void test_fast(void **state)
{
    (void)state;
    for (int level = KIN_CPU_SCALAR + 1; level < KIN_CPU_LEVELS; level++)
        if (kin_cpu_has((kin_cpu)level)) check_all((kin_cpu)level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scalar), cmocka_unit_test(test_fast)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
