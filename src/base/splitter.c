/* SPDX-License-Identifier: Apache-2.0
 *
 * The serial splitter: what the heart uses where nobody gives it threads.
 */
#include "base/splitter.h"

static void run_serial(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    (void)self;
    for (size_t i = 0; i < count; i++) task(arg, i, 0);
}

kin_splitter kin_splitter_serial = {1, run_serial};
