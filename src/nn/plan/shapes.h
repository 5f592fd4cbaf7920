/* SPDX-License-Identifier: Apache-2.0
 *
 * Types and shapes of all values of a graph, without a plan: for those who write files.
 */
#ifndef KIN_NN_PLAN_SHAPES_H
#define KIN_NN_PLAN_SHAPES_H

#include "nn/graph.h"

/* Declares every value of a sorted graph that nobody else uses (kin_graph_copy): type, quantisation and shape, -1 for
 * dimensions that follow an unknown one of an input. What a file declared stays as far as it agrees. *sample (in the
 * graph's arena, an entry a tensor): shapes without -1 that go together, the first unknown dimension of an input being 1.
 * Fails as the first op does that does not take its inputs. */
kin_status kin_graph_declare(kin_graph *graph, kin_shape **sample);

#endif
