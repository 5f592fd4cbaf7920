/* SPDX-License-Identifier: Apache-2.0
 *
 * Places of blocks: no two that live at the same time overlap, and little is lost against the lower bound.
 */
#include "base/random.h"
#include "nn/plan/memory.h"
#include "support/cmocka.h"

static kin_context ctx;

static void check(const kin_block *block, size_t count, size_t total)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(block[i].offset % KIN_ALIGN, 0);
        assert_true(block[i].offset + block[i].bytes <= total);
        for (size_t k = 0; k < i; k++) {
            bool together = (block[i].edge && block[k].edge) ||
                            (block[i].first <= block[k].last && block[k].first <= block[i].last);
            bool apart = block[i].offset + block[i].bytes <= block[k].offset ||
                         block[k].offset + block[k].bytes <= block[i].offset;
            assert_true(apart || !together);
        }
    }
}

static void test_no_two_live_blocks_overlap(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    for (uint64_t seed = 0; seed < 300; seed++) {
        kin_random random = kin_random_make(seed, 1);
        kin_block  block[60];
        size_t     count = (size_t)kin_random_range(&random, 0, 60), total;
        for (size_t i = 0; i < count; i++) {
            block[i].first = (int)kin_random_range(&random, 0, 50);
            block[i].last = block[i].first + (int)kin_random_range(&random, 0, seed % 2 ? 4 : 50);
            block[i].bytes = (size_t)kin_random_range(&random, 1, 5000);
            block[i].edge = kin_random_below(&random, 8) == 0;
        }
        assert_int_equal(kin_memory_place(&ctx, block, count, &total), KIN_OK);
        check(block, count, total);
        assert_int_equal(ctx.memory, 0);
    }
}

/* A chain needs two neighbours at a time. */
static void test_a_chain_reuses_memory(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    kin_block block[100];
    size_t    total;
    for (int i = 0; i < 100; i++) block[i] = (kin_block){1024, i, i + 1, false, 0};
    assert_int_equal(kin_memory_place(&ctx, block, 100, &total), KIN_OK);
    assert_int_equal(total, 2048);
}

static void test_sums_that_wrap_are_refused(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    kin_block block[5];
    size_t    total;
    for (int i = 0; i < 5; i++) block[i] = (kin_block){SIZE_MAX / 5, 0, 0, false, 0};
    assert_int_equal(kin_memory_place(&ctx, block, 5, &total), KIN_E_LIMIT);
    block[0].bytes = SIZE_MAX;
    assert_int_equal(kin_memory_place(&ctx, block, 1, &total), KIN_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_two_live_blocks_overlap),
        cmocka_unit_test(test_a_chain_reuses_memory),
        cmocka_unit_test(test_sums_that_wrap_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
