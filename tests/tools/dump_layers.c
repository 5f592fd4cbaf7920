/* SPDX-License-Identifier: Apache-2.0
 *
 * dump_layers [--plain] MODEL.tflite INPUT.npy FOLDER: writes every float32 tensor of the file that still exists in the
 * plan as FOLDER/NUMBER.npy (--plain: without folding and fusing, so nearly all), for scripts/golden-layers.py compare.
 * KIN_CPU names the level; 77 says that the machine lacks it.
 */
#include "nn/plan/plan.h"
#include "tools/npy.h"

enum { SKIPPED = 77 }; /* exit status, as for tests */

static int die(const char *what, const char *why)
{
    fprintf(stderr, "dump_layers: %s: %s\n", what, why);
    return 1;
}

int main(int argc, char **argv)
{
    kin_plan_options options = {.keep = true};
    kin_graph       *graph;
    kin_plan        *plan;
    kin_shape        shape;
    char             path[4096];
    if (argc > 1 && !strcmp(argv[1], "--plain")) {
        options.plain = true;
        argv++, argc--;
    }
    if (argc != 4) return die("usage", "[--plain] MODEL.tflite INPUT.npy FOLDER");
    const char  *level = getenv("KIN_CPU"); /* NULL: the best */
    kin_context *ctx = kin_context_new(&(kin_options){.cpu = level});
    if (!ctx) {
        die(level ? level : "context", "this machine has no such CPU level, or no memory");
        return SKIPPED;
    }
    float *input = read_npy(argv[2], &shape);
    if (!input) return die(argv[2], "no float32 .npy of version 1 in C order");
    if (kin_graph_read(ctx, argv[1], &graph) || kin_plan_make(ctx, graph, &shape, &options, &plan))
        return die(argv[1], kin_error(ctx));
    memcpy(kin_plan_input(plan, 0), input, kin_count(&shape) * sizeof *input);
    if (kin_plan_run(plan)) return die(argv[1], kin_error(ctx));
    size_t written = 0;
    for (size_t i = 0; i < graph->tensor_count; i++) {
        const kin_tensor *t = kin_plan_tensor(plan, (int)i);
        if (!t || t->type != KIN_FLOAT32 || graph->tensor[i].data) continue;
        snprintf(path, sizeof path, "%s/%zu.npy", argv[3], i);
        if (write_npy(path, t)) return die(path, "cannot be written");
        written++;
    }
    printf("%zu tensors\n", written);
    kin_plan_free(plan);
    kin_graph_free(graph);
    kin_context_free(ctx);
    free(input);
    return 0;
}
