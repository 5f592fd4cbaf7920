/* SPDX-License-Identifier: Apache-2.0
 *
 * The prepared graph: what all plans of a graph share. Made once, by the first plan, from a copy of the graph by the
 * passes that need no shapes; then it holds the folded constants and the packed weights.
 */
#ifndef KIN_NN_PLAN_PREPARED_H
#define KIN_NN_PLAN_PREPARED_H

#include "nn/graph.h"

struct kin_prepared {
    kin_context *ctx; /* the graph's: bears the memory */
};

/* Takes NULL. */
void kin_prepared_free(kin_prepared *prepared);

#endif
