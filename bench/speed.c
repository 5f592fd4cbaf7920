/* SPDX-License-Identifier: Apache-2.0
 *
 * speed MODEL [THREADS [SIDE [RUNS]]]: median time of a run in milliseconds, one line. bench/run sets rivals beside it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/timing.h"
#include "kin/kin.h"

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: speed MODEL [THREADS [SIDE [RUNS]]]\n");
        return 2;
    }
    size_t       threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    int64_t      side = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    int          runs = argc > 4 ? atoi(argv[4]) : 20;
    kin_context *ctx = kin_context_new(&(kin_options){.threads = threads, .cpu = getenv("KIN_CPU")});
    kin_graph   *graph = NULL;
    kin_plan    *plan = NULL;
    if (!ctx || kin_graph_read(ctx, argv[1], &graph)) goto failed;
    kin_shape shape = kin_graph_input_shape(graph, 0);
    for (int i = 0; i < shape.rank; i++)
        if (shape.dim[i] < 0) shape.dim[i] = 1;
    if (side && shape.rank == 4) shape.dim[1] = shape.dim[2] = side;
    if (kin_plan_new(graph, &shape, &plan)) goto failed;

    float *x = kin_plan_input(plan, 0);
    size_t n = 1;
    for (int i = 0; i < shape.rank; i++) n *= (size_t)shape.dim[i];
    double *spent = malloc(sizeof *spent * (size_t)(runs > 0 ? runs : 1));
    if (!spent) goto failed;
    for (int run = -3; run < runs; run++) {
        for (size_t i = 0; i < n; i++) x[i] = (float)((7 * i * i + 13 * i) % 256);
        double start = now_ms();
        if (kin_plan_run(plan)) goto failed;
        if (run >= 0) spent[run] = now_ms() - start;
    }
    sort_ms(spent, (size_t)runs);
    printf("%.3f\n", spent[runs / 2]);
    free(spent);
    kin_plan_free(plan);
    kin_graph_free(graph);
    kin_context_free(ctx);
    return 0;
failed:
    fprintf(stderr, "speed: %s\n", kin_error(ctx));
    return 1;
}
