/* SPDX-License-Identifier: Apache-2.0
 *
 * A network of the zoo as layers, each with its shapes, weights and parameters, over a graph whose weights have no values
 * yet: looking at VGG-16 takes no half gigabyte. Values come by kin_zoo_fill (random) and kin_zoo_set (from elsewhere).
 */
#ifndef KIN_ZOO_ZOO_H
#define KIN_ZOO_ZOO_H

#include "nn/graph.h"
#include "zoo/network.h"

enum { KIN_ZOO_WEIGHTS_MAX = 4, KIN_ZOO_INPUTS_MAX = 2 };

typedef struct {
    const char *name;    /* Keras': kernel, bias, gamma, beta, moving_mean, moving_variance; in its order */
    int         tensor;  /* of the graph, in the engine's layout: convolutions [out, kh, kw, in], dense [out, in] */
    bool        trained; /* false: a moving statistic, which Keras counts as non-trainable */
} kin_zoo_weight;

typedef struct {
    const char    *name; /* "conv1/7x7_s2" */
    kin_zoo_kind   kind;
    const char    *type;  /* Keras' class, "Conv2D" */
    kin_shape      shape; /* of the output for one picture: the first dimension is 1 */
    int            tensor; /* the graph's output tensor of this layer */
    int            in[KIN_ZOO_INPUTS_MAX]; /* layers */
    size_t         in_count;
    kin_zoo_weight weight[KIN_ZOO_WEIGHTS_MAX];
    size_t         weight_count;
    uint64_t       parameters, trained; /* numbers in the weights; those that training changes */
    uint64_t       macs;
} kin_zoo_layer;

typedef struct {
    const kin_zoo_network *network;
    kin_graph             *graph; /* all else lives in it: kin_graph_free frees the net */
    kin_zoo_layer         *layer; /* in Keras' order: layers of a model, summary, weight files */
    size_t                 count;
    uint64_t               parameters, trained, macs;
} kin_zoo_net;

/* KIN_E_NOT_FOUND: no network of that name; KIN_E_USAGE: options that it cannot have. `options` may be NULL; its seed does
 * not matter here. */
kin_status kin_zoo_build(kin_context *ctx, const char *name, const kin_zoo_options *options, kin_zoo_net *out);

/* Gives all weights without values those that Keras begins with: kernels by Glorot and Bengio 2010 (uniform), zeros for
 * biases, batch norms that change nothing. The same seed, the same numbers. */
kin_status kin_zoo_fill(kin_zoo_net *net, uint64_t seed);

/* Puts values in the layout of Keras (convolutions [kh, kw, in, out], dense [in, out]) into weight number `weight` of a
 * layer. '/' and '_' are the same in its name: Keras 3 allows no '/'. Before the graph's first plan. */
kin_status kin_zoo_set(kin_zoo_net *net, const char *layer, size_t weight, const float *values, size_t count);

/* The layer's number, -1 when there is none of that name. */
int kin_zoo_layer_find(const kin_zoo_net *net, const char *name);

/* Sorts layers that stand in the order of making into Keras' order (order.c). */
kin_status kin_zoo_order(kin_context *ctx, kin_zoo_layer *layer, size_t count);

#endif
