/* SPDX-License-Identifier: Apache-2.0
 *
 * dump_layers [--plain] MODEL.tflite INPUT.npy FOLDER: writes every float32 tensor of the file that still exists in the
 * plan as FOLDER/NUMBER.npy (--plain: without folding and fusing, so nearly all), for scripts/golden-layers.py compare.
 * KIN_CPU names the level; 77 says that the machine lacks it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kin/model.h"
#include "nn/plan/plan.h"

enum { SKIPPED = 77 }; /* exit status, as for tests */

static int die(const char *what, const char *why)
{
    fprintf(stderr, "dump_layers: %s: %s\n", what, why);
    return 1;
}

/* A little-endian float32 C-order .npy of version 1. */
static float *read_npy(const char *path, kin_shape *shape)
{
    unsigned char head[10];
    char          text[4096], *at;
    FILE         *f = fopen(path, "rb");
    float        *data = NULL;
    size_t        length, count = 1;
    if (!f) return NULL;
    if (fread(head, 1, 10, f) == 10 && !memcmp(head, "\x93NUMPY\x01", 7) &&
        (length = head[8] | (size_t)head[9] << 8) < sizeof text && fread(text, 1, length, f) == length) {
        text[length] = '\0';
        shape->rank = 0;
        at = strstr(text, "'shape': (");
        if (at && strstr(text, "'<f4'") && strstr(text, "False")) {
            for (at += 10; shape->rank < KIN_RANK_MAX && *at && *at != ')';) {
                shape->dim[shape->rank] = strtoll(at, &at, 10);
                count *= (size_t)shape->dim[shape->rank++];
                at += strspn(at, ", ");
            }
            data = malloc(count * sizeof *data);
            if (data && fread(data, sizeof *data, count, f) != count) {
                free(data);
                data = NULL;
            }
        }
    }
    fclose(f);
    return data;
}

static int write_npy(const char *path, const kin_tensor *t)
{
    char   text[512], padded[576];
    size_t n = (size_t)snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < t->shape.rank; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%lld,", (long long)t->shape.dim[i]);
    snprintf(text + n, sizeof text - n, "), }");
    size_t length = (strlen(text) + 1 + 10 + 63) / 64 * 64 - 10;
    snprintf(padded, sizeof padded, "%-*s\n", (int)length - 1, text);
    FILE *f = fopen(path, "wb");
    if (!f) return -1;
    fwrite("\x93NUMPY\x01\0", 1, 8, f);
    fputc((int)(length & 255), f);
    fputc((int)(length >> 8), f);
    fwrite(padded, 1, length, f);
    fwrite(t->data, sizeof(float), kin_count(&t->shape), f);
    return fclose(f);
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
