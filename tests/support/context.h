/* SPDX-License-Identifier: Apache-2.0
 *
 * A serial context for each test; what it still holds at the end has leaked.
 */
#ifndef KIN_TESTS_CONTEXT_H
#define KIN_TESTS_CONTEXT_H

#include "base/context.h"
#include "support/cmocka.h"

static kin_context ctx;

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return ctx.memory == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
