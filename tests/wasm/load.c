/* SPDX-License-Identifier: Apache-2.0
 *
 * WebAssembly: the heart reads a model from memory, makes a plan and runs it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/context.h"
#include "kin/model.h"

static void *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size);
    if (bytes && fread(bytes, 1, *size, file) != *size) *size = 0;
    fclose(file);
    return bytes;
}

int main(void)
{
    static kin_context ctx;
    kin_context_init(&ctx);
    size_t     size = 0;
    void      *bytes = read_all("/models/recogniser.tflite", &size);
    kin_graph *graph = NULL;
    kin_plan  *plan = NULL;
    kin_shape  shape = {4, {1, 112, 112, 3}};
    if (!bytes || kin_graph_read_memory(&ctx, bytes, size, &graph) || kin_plan_new(graph, &shape, &plan)) {
        printf("failed: %s\n", kin_error(&ctx));
        return 1;
    }
    float *x = kin_plan_input(plan, 0);
    for (size_t i = 0; i < 112 * 112 * 3; i++) x[i] = (float)((7 * i * i + 13 * i) % 256);
    if (kin_plan_run(plan)) return 1;
    kin_shape    out = kin_plan_output_shape(plan, 0);
    const float *y = kin_plan_output(plan, 0);
    double       sum = 0;
    for (int64_t i = 0; i < out.dim[out.rank - 1]; i++) sum += (double)y[i] * y[i];
    printf("length of the vector: %.4f\n", sqrt(sum));
    kin_plan_free(plan);
    kin_graph_free(graph);
    free(bytes);
    return !(isfinite(sum) && sum > 0) || ctx.memory != 0;
}
