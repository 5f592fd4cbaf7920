/* SPDX-License-Identifier: Apache-2.0
 *
 * docs/ops.md is what the registry says now. `test_ops_docs --write` writes it.
 */
#include "support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nn/ops/describe.h"

static kin_context ctx;
static kin_buffer  page;

static FILE *open_page(const char *mode)
{
    char        path[1000];
    const char *source = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/docs/ops.md", source ? source : ".");
    return fopen(path, mode);
}

static void test_page(void **state)
{
    (void)state;
    FILE *file = open_page("rb");
    if (!file) fail_msg("docs/ops.md is missing: run test_ops_docs --write");
    char  *there = calloc(1, page.size + 2);
    size_t size = fread(there, 1, page.size + 1, file);
    fclose(file);
    bool same = size == page.size && !memcmp(there, page.data, size);
    free(there);
    if (!same) fail_msg("docs/ops.md is stale: run test_ops_docs --write");
}

static void test_describe(void **state)
{
    (void)state;
    kin_buffer text = kin_buffer_make(&ctx);
    assert_int_equal(kin_op_describe(&text, kin_op_find("softmax")), KIN_OK);
    assert_int_equal(kin_buffer_add(&text, "", 1), KIN_OK);
    assert_string_equal((const char *)text.data, "softmax(x) in place\n    exp(x) over its sum along the last axis\n"
                                                 "    beta=1  x is multiplied by it first\n    gradient: x\n");
    kin_buffer_free(&text);
}

int main(int argc, char **argv)
{
    kin_context_init(&ctx);
    page = kin_buffer_make(&ctx);
    if (kin_ops_markdown(&page) != KIN_OK) return 1;
    int status;
    if (argc > 1 && !strcmp(argv[1], "--write")) {
        FILE *file = open_page("wb");
        status = !file || fwrite(page.data, 1, page.size, file) != page.size || fclose(file);
    } else {
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_page), cmocka_unit_test(test_describe)};
        status = cmocka_run_group_tests(tests, NULL, NULL);
    }
    kin_buffer_free(&page);
    return status;
}
