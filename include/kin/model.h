/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks: read one from a file or build it op by op, make a plan for given input shapes, run it.
 *
 *     kin_graph *graph;  kin_plan *plan;
 *     kin_graph_read(ctx, "net.tflite", &graph);
 *     kin_plan_new(graph, NULL, &plan);               // the file's own input shapes
 *     float *x = kin_plan_input(plan, 0);             // fill [n, h, w, c]
 *     kin_plan_run(plan);
 *     const float *y = kin_plan_output(plan, 0);
 *
 * All tensors are dense, NHWC for pictures. Everything made from a graph is freed before the graph.
 */
#ifndef KIN_MODEL_H
#define KIN_MODEL_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { KIN_FLOAT32, KIN_FLOAT16, KIN_INT32, KIN_INT8, KIN_UINT8, KIN_INT16, KIN_INT64, KIN_BOOL, KIN_TYPES } kin_type;

KIN_API const char *kin_type_name(kin_type type); /* "float32" */
KIN_API size_t      kin_type_size(kin_type type); /* bytes of one element */

enum { KIN_RANK_MAX = 8 };

/* rank 0 is a scalar. A dimension of -1 is not known before a plan is made. */
typedef struct {
    int     rank;
    int64_t dim[KIN_RANK_MAX];
} kin_shape;

typedef struct kin_graph kin_graph;
typedef struct kin_plan  kin_plan;

/* Reads a model file (.tflite). The file's bytes are mapped as long as the graph lives. KIN_E_FORMAT with the field's
 * name when it is damaged, KIN_E_LIMIT when it wants more memory than the context allows. */
KIN_API kin_status kin_graph_read(kin_context *ctx, const char *path, kin_graph **out);
/* The same from memory: `bytes` are used in place and must stay until kin_graph_free. 4-byte alignment is enough. */
KIN_API kin_status kin_graph_read_memory(kin_context *ctx, const void *bytes, size_t size, kin_graph **out);
KIN_API void       kin_graph_free(kin_graph *graph);

/* Writes a graph, read or built, as a TensorFlow Lite file (schema version 3) with its metadata (the card among them): the
 * file appears whole or not at all. What TensorFlow Lite has no operator for is written out by those that it has.
 * KIN_E_UNSUPPORTED names node and op when there is no way; KIN_E_LIMIT: more than 2 GB; KIN_E_DISK: disk full or no
 * permission. */
KIN_API kin_status kin_graph_write(const kin_graph *graph, const char *path);
/* The same as bytes in memory; the same graph gives the same bytes. Release *bytes with kin_graph_bytes_free, with the
 * graph's context. */
KIN_API kin_status kin_graph_write_memory(const kin_graph *graph, uint8_t **bytes, size_t *size);
KIN_API void       kin_graph_bytes_free(kin_context *ctx, uint8_t *bytes);

KIN_API size_t      kin_graph_inputs(const kin_graph *graph);
KIN_API size_t      kin_graph_outputs(const kin_graph *graph);
KIN_API kin_shape   kin_graph_input_shape(const kin_graph *graph, size_t i);
KIN_API const char *kin_graph_input_name(const kin_graph *graph, size_t i);
KIN_API const char *kin_graph_output_name(const kin_graph *graph, size_t i);

/* A plan for input shapes `shapes[kin_graph_inputs(graph)]`, NULL for the graph's own (unknown dimensions count as 1).
 * Every shape is inferred again; all memory of later runs is allocated here. Packed weights are kept by the graph and
 * shared by its plans. Plans of one graph may be made and run in different threads, each with its own context:
 * kin_plan_new_on says which context carries the plan's memory and threads. */
KIN_API kin_status kin_plan_new(kin_graph *graph, const kin_shape *shapes, kin_plan **out);
KIN_API kin_status kin_plan_new_on(kin_context *ctx, kin_graph *graph, const kin_shape *shapes, kin_plan **out);
KIN_API void       kin_plan_free(kin_plan *plan);

/* The memory of input / output i, dense, of kin_plan_input_shape / _type. Inputs keep nothing between runs: fill them
 * before each. Outputs are valid until the next run. */
KIN_API void       *kin_plan_input(kin_plan *plan, size_t i);
KIN_API const void *kin_plan_output(const kin_plan *plan, size_t i);
KIN_API kin_shape   kin_plan_input_shape(const kin_plan *plan, size_t i);
KIN_API kin_shape   kin_plan_output_shape(const kin_plan *plan, size_t i);
KIN_API kin_type    kin_plan_input_type(const kin_plan *plan, size_t i);
KIN_API kin_type    kin_plan_output_type(const kin_plan *plan, size_t i);

/* Runs. KIN_OK or KIN_E_CANCELLED; allocates nothing. */
KIN_API kin_status kin_plan_run(kin_plan *plan);

/* --- networks by name --- */

typedef enum { KIN_ZOO_POOL_NONE, KIN_ZOO_POOL_AVG, KIN_ZOO_POOL_MAX } kin_zoo_pooling;

typedef struct {
    int             side;    /* of the input picture, in pixels; 0: as published */
    int             classes; /* 0: as published */
    bool            no_top;  /* without the classifier */
    kin_zoo_pooling pooling; /* what ends a network without top: nothing, the mean or the largest value of each channel */
    uint64_t        seed;    /* of the random weights */
} kin_zoo_options;

/* The i-th name, NULL behind the last: "vggface-vgg16", "vggface2-resnet50", "vggface2-senet50". */
KIN_API const char *kin_zoo_name(size_t i);
/* A published network's layers, names and shapes with random weights (Glorot uniform): it knows nobody before it has
 * been trained. Input [n, side, side, 3]: BGR, 0..255, minus the mean. `options` may be NULL. KIN_E_NOT_FOUND: no such
 * name; KIN_E_USAGE: a side below the network's least one, a pooling beside a top. */
KIN_API kin_status kin_graph_zoo(kin_context *ctx, const char *name, const kin_zoo_options *options, kin_graph **out);

/* --- building a graph by hand --- */

/* An empty graph. */
KIN_API kin_status kin_graph_new(kin_context *ctx, kin_graph **out);
/* Adds a tensor and gives its number in *id. `data` (copied, dense) makes it a constant; NULL: a value that an input or
 * an op provides. `name` may be NULL. */
KIN_API kin_status kin_graph_add_tensor(kin_graph *graph, const char *name, kin_type type, kin_shape shape,
                                        const void *data, int *id);
/* Adds an op by name ("conv2d"; `kin ops` lists them). `attributes` is a text of "name=value" separated by spaces, lists
 * with commas: "stride=2,2 padding=same". Inputs are tensor numbers, -1 for an optional one that is left out. Makes the
 * output tensors (types and shapes are inferred when a plan is made) and puts their numbers into outputs[]. */
KIN_API kin_status kin_graph_add_op(kin_graph *graph, const char *op, const char *name, const char *attributes,
                                    const int *inputs, size_t input_count, int *outputs, size_t output_count);
KIN_API kin_status kin_graph_set_inputs(kin_graph *graph, const int *tensors, size_t count);
KIN_API kin_status kin_graph_set_outputs(kin_graph *graph, const int *tensors, size_t count);

#ifdef __cplusplus
}
#endif
#endif
