/* SPDX-License-Identifier: Apache-2.0
 *
 * The binder of each op that has a fast way; the others run their scalar forward.
 */
#include "nn/fast/fast.h"

#include <string.h>

static const struct {
    const char *op;
    kin_bind   *bind;
} table[] = {
    {"conv2d", kin_bind_conv2d},   {"depthwise_conv2d", kin_bind_depthwise},
    {"dense", kin_bind_dense},     {"prelu", kin_bind_prelu},
    {"add", kin_bind_binary},      {"sub", kin_bind_binary},
    {"mul", kin_bind_binary},      {"div", kin_bind_binary},
    {"minimum", kin_bind_binary},  {"maximum", kin_bind_binary},
    {"relu", kin_bind_unary},      {"relu6", kin_bind_unary},
    {"relu_n1_to_1", kin_bind_unary}, {"leaky_relu", kin_bind_unary},
    {"sigmoid", kin_bind_unary},   {"tanh", kin_bind_unary},
    {"hard_swish", kin_bind_unary}, {"exp", kin_bind_unary},
    {"max_pool", kin_bind_pool},   {"avg_pool", kin_bind_pool},
    {"mean", kin_bind_mean},        {"gradient", kin_bind_gradient},
    {"batch_norm", kin_bind_batch_norm}, {"batch_norm_train", kin_bind_batch_norm},
};

kin_bind *kin_bind_for(const kin_op *op)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].op, op->name)) return table[i].bind;
    return NULL;
}
