/* SPDX-License-Identifier: Apache-2.0
 *
 * dump_written FOLDER [SEEDS | MODEL.tflite | NETWORK]...: graphs as kin writes them, FOLDER/NAME.tflite, and beside each
 * what kin itself makes of it, for scripts/check-written.py: NAME.txt, the file's fingerprint, then a line for each
 * input and each output, "in|out TYPE DIMENSION...", and NAME.bin, their bytes one behind the other. A number: that many random instances of every
 * op; a network of the zoo gets random weights. KIN_SIZE: the side of pictures where a model leaves it open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "kin/kin.h"
#include "support/drawn.h"

static const char *folder;
static kin_random  dice;

static int die(const char *what, const char *why)
{
    fprintf(stderr, "dump_written: %s: %s\n", what, why);
    return 1;
}

static FILE *open_beside(const char *name, const char *ending)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return fopen(path, "wb");
}

static void describe(FILE *text, FILE *bytes, const char *way, kin_type type, kin_shape shape, const void *data)
{
    fprintf(text, "%s %s", way, kin_type_name(type));
    for (int d = 0; d < shape.rank; d++) fprintf(text, " %lld", (long long)shape.dim[d]);
    fputc('\n', text);
    fwrite(data, kin_type_size(type), kin_count(&shape), bytes);
}

/* Values of the draw, or numbers as pixels have them. */
static void fill(kin_plan *plan, size_t i, const drawn *d)
{
    kin_shape shape = kin_plan_input_shape(plan, i);
    size_t    count = kin_count(&shape);
    if (d && d->inputs)
        memcpy(kin_plan_input(plan, i), d->draw.in[d->input[i]].data, count * kin_type_size(kin_plan_input_type(plan, i)));
    else if (kin_plan_input_type(plan, i) == KIN_FLOAT32)
        for (size_t k = 0; k < count; k++) ((float *)kin_plan_input(plan, i))[k] = (float)(2 * kin_random_unit(&dice) - 1);
}

static kin_status print_fingerprint(FILE *text, const kin_graph *graph)
{
    uint8_t *bytes, print[16];
    size_t   size;
    KIN_TRY(kin_graph_write_memory(graph, &bytes, &size));
    kin_hash128(bytes, size, 0, print);
    kin_graph_bytes_free(graph->ctx, bytes);
    for (int i = 0; i < 16; i++) fprintf(text, "%02x", print[i]);
    fputc('\n', text);
    return KIN_OK;
}

static kin_status run(kin_graph *graph, const char *name, const drawn *d)
{
    const char *side = getenv("KIN_SIZE");
    kin_shape   shape[16];
    kin_plan   *plan;
    size_t      inputs = kin_graph_inputs(graph);
    for (size_t i = 0; i < inputs && i < 16; i++) {
        shape[i] = kin_graph_input_shape(graph, i);
        for (int k = 0; k < shape[i].rank; k++)
            if (shape[i].dim[k] < 0) shape[i].dim[k] = k == 0 ? 1 : side ? atoi(side) : 96;
    }
    KIN_TRY(kin_plan_new(graph, inputs <= 16 ? shape : NULL, &plan));
    FILE *text = open_beside(name, ".txt"), *bytes = open_beside(name, ".bin");
    if (!text || !bytes) exit(die(name, "cannot be written"));
    KIN_TRY(print_fingerprint(text, graph));
    for (size_t i = 0; i < inputs; i++) fill(plan, i, d);
    for (size_t i = 0; i < inputs; i++)
        describe(text, bytes, "in", kin_plan_input_type(plan, i), kin_plan_input_shape(plan, i), kin_plan_input(plan, i));
    kin_status status = kin_plan_run(plan);
    for (size_t i = 0; i < kin_graph_outputs(graph); i++)
        describe(text, bytes, "out", kin_plan_output_type(plan, i), kin_plan_output_shape(plan, i),
                 kin_plan_output(plan, i));
    fclose(text);
    fclose(bytes);
    kin_plan_free(plan);
    return status;
}

static kin_status dump(kin_graph *graph, const char *name, const drawn *d)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.tflite", folder, name);
    KIN_TRY(kin_graph_write(graph, path));
    return run(graph, name, d);
}

static int dump_ops(kin_context *ctx, int seeds)
{
    char name[80];
    for (size_t i = 0; i < kin_op_count; i++)
        for (int seed = 0; seed < seeds; seed++) {
            drawn d;
            snprintf(name, sizeof name, "%s-%d", kin_ops[i]->name, seed);
            kin_status status = drawn_make(ctx, kin_ops[i], (uint64_t)seed, &d);
            if (status == KIN_OK) status = dump(d.graph, name, &d);
            drawn_free(&d);
            if (status == KIN_E_UNSUPPORTED && die(name, kin_error(ctx))) break; /* a loss */
            if (status != KIN_OK) return die(name, kin_error(ctx));
        }
    return 0;
}

static int dump_model(kin_context *ctx, const char *model)
{
    kin_graph  *graph = NULL;
    char        name[256];
    const char *slash = strrchr(model, '/'), *end = strstr(model, ".tflite");
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : model);
    if (end) name[strlen(name) - strlen(".tflite")] = '\0';
    kin_status status = end ? kin_graph_read(ctx, model, &graph) : kin_graph_zoo(ctx, model, NULL, &graph);
    if (status == KIN_OK) status = dump(graph, name, NULL);
    kin_graph_free(graph);
    return status == KIN_OK ? 0 : die(model, kin_error(ctx));
}

int main(int argc, char **argv)
{
    kin_context *ctx = kin_context_new(&(kin_options){.max_memory = (uint64_t)8 << 30});
    int          status = 0;
    if (argc < 3 || !ctx) return die("usage", "FOLDER [SEEDS | MODEL.tflite | NETWORK]...");
    folder = argv[1];
    dice = kin_random_make(1, 1);
    for (int i = 2; i < argc && !status; i++)
        status = atoi(argv[i]) > 0 ? dump_ops(ctx, atoi(argv[i])) : dump_model(ctx, argv[i]);
    kin_context_free(ctx);
    return status;
}
