/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting a graph together in a test: shapes, constants with random numbers, ops by name. Fails the test where kin refuses.
 */
#ifndef KIN_TESTS_GRAPH_H
#define KIN_TESTS_GRAPH_H

#include "base/random.h"
#include "nn/graph.h"
#include "support/cmocka.h"

static kin_context ctx;
static kin_graph  *graph;
static kin_random  dice;

#define SHAPE(...) kin_shape_make(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})

/* A float32 constant of at most 4,096 numbers between `low` and `high`. */
static int constant(kin_shape shape, double low, double high)
{
    float data[4096];
    int   id;
    for (size_t i = 0; i < kin_count(&shape); i++) data[i] = (float)(low + (high - low) * kin_random_unit(&dice));
    assert_int_equal(kin_graph_add_tensor(graph, "c", KIN_FLOAT32, shape, data, &id), KIN_OK);
    return id;
}

/* OP("conv2d", "padding=same", x, weights, bias): the tensor that comes out. */
#define OP(name, attrs, ...)                                                                                           \
    op_of(name, attrs, (int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))
static int op_of(const char *name, const char *attrs, const int *in, size_t count)
{
    int out = -1;
    if (kin_graph_add_op(graph, name, NULL, attrs, in, count, &out, 1) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return out;
}

#endif
