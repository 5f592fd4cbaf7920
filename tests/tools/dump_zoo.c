/* SPDX-License-Identifier: Apache-2.0
 *
 * dump_zoo [--plain] [--no-top] NAME WEIGHTS INPUT.npy FOLDER: a network of the zoo with a Keras model's weights; the output
 * of every layer that still exists in the plan as FOLDER/NUMBER.npy (--plain: without folding and fusing, so all), numbered
 * in Keras' order, for scripts/golden-zoo.py. WEIGHTS: for each array a line "LAYER NUMBER COUNT" and COUNT float32.
 */
#include "nn/plan/plan.h"
#include "tools/npy.h"
#include "zoo/zoo.h"

static int die(const char *what, const char *why)
{
    fprintf(stderr, "dump_zoo: %s: %s\n", what, why);
    return 1;
}

/* Puts every array of the file into its layer; returns how many, 0 when something is wrong (and said). */
static size_t read_weights(kin_context *ctx, kin_zoo_net *net, const char *path)
{
    FILE  *f = fopen(path, "rb");
    char   layer[128];
    size_t weight, count, read = 0;
    if (!f) return die(path, "cannot be opened"), 0;
    while (fscanf(f, "%127s %zu %zu", layer, &weight, &count) == 3 && fgetc(f) == '\n') {
        float *values = malloc((count + 1) * sizeof *values);
        bool   fine = values && fread(values, sizeof *values, count, f) == count;
        if (!fine || kin_zoo_set(net, layer, weight, values, count) != KIN_OK) {
            die(layer, fine ? kin_error(ctx) : "cut off");
            read = 0;
            free(values);
            break;
        }
        free(values);
        read++;
    }
    fclose(f);
    return read;
}

static int dump(const kin_zoo_net *net, const kin_plan *plan, const char *folder)
{
    size_t written = 0;
    for (size_t i = 0; i < net->count; i++) {
        char              path[4096];
        const kin_tensor *t = kin_plan_tensor(plan, net->layer[i].tensor);
        if (!t) continue;
        snprintf(path, sizeof path, "%s/%zu.npy", folder, i);
        if (write_npy(path, t)) return die(path, "cannot be written");
        written++;
    }
    printf("%zu of %zu layers\n", written, net->count);
    return 0;
}

int main(int argc, char **argv)
{
    kin_plan_options plan_options = {.keep = true};
    kin_zoo_options  options = {0};
    kin_zoo_net      net;
    kin_plan        *plan;
    kin_shape        shape = {0};
    for (; argc > 1 && argv[1][0] == '-'; argv++, argc--) {
        if (!strcmp(argv[1], "--plain")) plan_options.plain = true;
        if (!strcmp(argv[1], "--no-top")) options.no_top = true;
    }
    if (argc != 5) return die("usage", "[--plain] [--no-top] NAME WEIGHTS INPUT.npy FOLDER");
    kin_context *ctx = kin_context_new(&(kin_options){.max_memory = (uint64_t)8 << 30});
    float       *input = read_npy(argv[3], &shape);
    if (!ctx || !input) return die(argv[3], "no float32 .npy of version 1 in C order, or no memory");
    options.side = (int)shape.dim[1];
    if (kin_zoo_build(ctx, argv[1], &options, &net)) return die(argv[1], kin_error(ctx));
    if (!read_weights(ctx, &net, argv[2])) return 1;
    if (kin_plan_make(ctx, net.graph, &shape, &plan_options, &plan)) return die(argv[1], kin_error(ctx));
    memcpy(kin_plan_input(plan, 0), input, kin_count(&shape) * sizeof *input);
    if (kin_plan_run(plan)) return die(argv[1], kin_error(ctx));
    int status = dump(&net, plan, argv[4]);
    kin_plan_free(plan);
    kin_graph_free(net.graph);
    kin_context_free(ctx);
    free(input);
    return status;
}
