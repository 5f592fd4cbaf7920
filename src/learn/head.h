/* SPDX-License-Identifier: Apache-2.0
 *
 * A base without its top, and a new top: flatten, dense, softmax, as the tutorial builds it in Keras.
 */
#ifndef KIN_LEARN_HEAD_H
#define KIN_LEARN_HEAD_H

#include "nn/graph.h"

/* *out = a copy of `base` that ends before its last layer with weights, that is before an embedding layer or a classifier's
 * top, or behind the node named `at`. It shares the base's constants, so the base must outlive it. KIN_E_NOT_FOUND: no such
 * node; the text names a few. */
kin_status kin_head_cut(kin_context *ctx, const kin_graph *base, const char *at, kin_graph **out);

/* Numbers of the graph's first output for one picture of height x width (0: the graph's own). */
kin_status kin_head_width(kin_context *ctx, kin_graph *graph, int height, int width, size_t *features);

/* Puts flatten ("flatten"), dense ("head", Glorot uniform, biases 0) and softmax ("probabilities") behind the graph's first
 * output, of `features` numbers a picture: Keras' Flatten and Dense(classes, activation="softmax"). Trained weights:
 * features * classes + classes. */
kin_status kin_head_add(kin_graph *graph, size_t features, size_t classes, uint64_t seed);

/* The head alone: features [1, features] in, probabilities out. */
kin_status kin_head_alone(kin_context *ctx, size_t features, size_t classes, uint64_t seed, kin_graph **out);

/* Copies the values of the head's weights (kernel, bias) from one graph with a head to another. */
void kin_head_copy(const kin_graph *from, kin_graph *to);

#endif
