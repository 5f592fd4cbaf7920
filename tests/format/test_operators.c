/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of TensorFlow Lite operators against the registry of ops: every op, attribute and word exists and is of the
 * row's kind.
 */
#include <string.h>

#include "format/tflite/operators.h"
#include "nn/op.h"
#include "support/cmocka.h"

static const int kind_of_row[] = {[KIN_ROW_INT] = KIN_ATTR_INT,     [KIN_ROW_AT] = KIN_ATTR_INTS,
                                  [KIN_ROW_INTS] = KIN_ATTR_INTS,   [KIN_ROW_FLOAT] = KIN_ATTR_FLOAT,
                                  [KIN_ROW_BOOL] = KIN_ATTR_BOOL,   [KIN_ROW_WORD] = KIN_ATTR_ENUM,
                                  [KIN_ROW_TYPE] = KIN_ATTR_TYPE};

static bool has_word(const kin_attr *attr, const char *word)
{
    for (int i = 0; attr->words[i]; i++)
        if (strcmp(attr->words[i], word) == 0) return true;
    return false;
}

static void check_row(const kin_operator *known, const kin_op *op, const kin_operator_row *row)
{
    if (!row->attribute) return;
    const kin_attr *attr = kin_attr_find(op, row->attribute);
    if (!attr) fail_msg("op %s has no attribute %s", known->op, row->attribute);
    if ((int)attr->kind != kind_of_row[row->kind]) fail_msg("op %s: %s is of another kind", known->op, row->attribute);
    for (int i = 0; row->kind == KIN_ROW_WORD && row->words[i]; i++)
        if (!has_word(attr, row->words[i])) fail_msg("op %s: %s has no word %s", known->op, attr->name, row->words[i]);
}

static void test_every_line_fits_the_registry(void **state)
{
    (void)state;
    kin_context ctx;
    int32_t     last = -1;
    kin_context_init(&ctx);
    for (size_t i = 0; kin_operator_at(i); i++) {
        const kin_operator *known = kin_operator_at(i);
        const kin_op       *op = kin_op_find(known->op);
        if (!op) fail_msg("%s: there is no op %s", kin_operator_name(known->code), known->op);
        assert_true(known->code > last); /* sorted: no code twice */
        last = known->code;
        for (const kin_operator_row *row = known->row; row && row->kind != KIN_ROW_END; row++) check_row(known, op, row);
    }
}

static void test_fused_activations_exist(void **state)
{
    (void)state;
    const kin_attr *attr = kin_attr_find(kin_op_find("conv2d"), "activation");
    assert_non_null(attr);
    for (int8_t i = 1; kin_fused_find(i); i++) {
        const kin_fused_activation *fused = kin_fused_find(i);
        assert_true(!fused->op || kin_op_find(fused->op));
        assert_true(!fused->word || has_word(attr, fused->word));
    }
    assert_null(kin_fused_find(0));
    assert_null(kin_fused_find(-3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_line_fits_the_registry),
                                       cmocka_unit_test(test_fused_activations_exist)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
