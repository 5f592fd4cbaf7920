/* SPDX-License-Identifier: Apache-2.0
 *
 * plan MODEL.tflite [THREADS [N,H,W,C [RUNS]]]: where the time of a network goes. Prints the time that reading, the first
 * plan and a second one take, then a line a step (best of RUNS, its multiply-adds, GFLOP/s, kernel), then totals.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/timing.h"
#include "kin/model.h"
#include "nn/plan/describe.h"

/* The same as kin_plan_run with a clock between the steps; best[] keeps the least time of each. */
static void run_timed(kin_plan *plan, double *best)
{
    for (size_t s = 0; s < plan->step_count; s++) {
        double start = now_ms();
        kin_step_run(&plan->step[s], plan->ctx->splitter);
        double took = now_ms() - start;
        if (took < best[s]) best[s] = took;
    }
}

static void print_steps(const kin_plan *plan, const double *best)
{
    double sum = 0;
    for (size_t s = 0; s < kin_plan_rows(plan); s++) {
        kin_row row = kin_plan_row(plan, s);
        char    shape[KIN_SHAPE_TEXT];
        sum += best[s];
        printf("%4zu %-18s %-22s %9.4f ms %8.2f MMACs %7.1f GFLOP/s  %s  %s\n", s, row.op,
               kin_shape_text(&row.shape, shape, sizeof shape), best[s], (double)row.macs / 1e6,
               best[s] > 0 ? 2e-6 * (double)row.macs / best[s] : 0, row.kernel, row.fused);
    }
    printf("sum of the best of each step: %.3f ms\n", sum);
}

static int measure(kin_graph *graph, const kin_shape *shape, int runs)
{
    kin_plan      *plan = NULL, *second = NULL;
    kin_row_totals totals;
    double         start = now_ms(), first, again;
    if (kin_plan_new(graph, shape, &plan)) return -1;
    first = now_ms() - start;
    start = now_ms();
    if (kin_plan_new(graph, shape, &second)) return -1;
    again = now_ms() - start;
    kin_plan_free(second);
    double   *best = malloc(plan->step_count * sizeof *best), *whole = malloc((size_t)runs * sizeof *whole);
    float    *x = kin_plan_input(plan, 0);
    kin_shape s = kin_plan_input_shape(plan, 0);
    for (size_t i = 0; i < plan->step_count; i++) best[i] = 1e9;
    for (int r = 0; r < runs; r++) {
        for (size_t i = 0; i < kin_count(&s); i++) x[i] = (float)(i * 2654435761u >> 24 & 255);
        run_timed(plan, best);
    }
    for (int r = 0; r < runs; r++) {
        for (size_t i = 0; i < kin_count(&s); i++) x[i] = (float)(i * 2654435761u >> 24 & 255);
        start = now_ms();
        kin_plan_run(plan);
        whole[r] = now_ms() - start;
    }
    sort_ms(whole, (size_t)runs);
    print_steps(plan, best);
    if (kin_plan_totals(plan, &totals)) return -1;
    printf("run: best %.3f ms, median %.3f ms of %d\n", whole[0], whole[runs / 2], runs);
    printf("first plan (prepares, packs) %.2f ms, a second one %.2f ms\n", first, again);
    printf("%.3f M parameters, %.1f MMACs, arena %.2f MB, folded and packed %.2f MB\n", (double)totals.parameters / 1e6,
           (double)totals.macs / 1e6, (double)totals.arena_bytes / 1e6, (double)totals.packed_bytes / 1e6);
    free(best);
    free(whole);
    kin_plan_free(plan);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: plan MODEL.tflite [THREADS [N,H,W,C [RUNS]]]\n");
        return 2;
    }
    kin_options  options = {.threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 1, .cpu = getenv("KIN_CPU")};
    kin_context *ctx = kin_context_new(&options);
    kin_graph   *graph = NULL;
    kin_shape    shape = {0};
    double       start = now_ms();
    if (!ctx || kin_graph_read(ctx, argv[1], &graph)) goto failed;
    printf("%s on %s, read in %.2f ms\n", argv[1], kin_cpu_name(ctx), now_ms() - start);
    if (argc > 3)
        for (char *at = argv[3]; *at && shape.rank < KIN_RANK_MAX; at += *at == ',') shape.dim[shape.rank++] = strtoll(at, &at, 10);
    if (measure(graph, shape.rank ? &shape : NULL, argc > 4 ? atoi(argv[4]) : 50)) goto failed;
    kin_graph_free(graph);
    kin_context_free(ctx);
    return 0;
failed:
    fprintf(stderr, "plan: %s\n", kin_error(ctx));
    return 1;
}
