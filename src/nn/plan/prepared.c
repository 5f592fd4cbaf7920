/* SPDX-License-Identifier: Apache-2.0
 *
 * Making and freeing the prepared graph.
 */
#include "nn/plan/prepared.h"

void kin_prepared_free(kin_prepared *prepared)
{
    if (!prepared) return;
    kin_release(prepared->ctx, prepared);
}
