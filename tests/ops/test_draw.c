/* SPDX-License-Identifier: Apache-2.0
 *
 * Every op, 200 random instances: inference accepts them, forward writes every byte of its outputs (the same bytes over
 * two fillings) and no other, and gives the same when it works in place.
 */
#include "support/cmocka.h"

#include "ops/call.h"

enum { SEEDS = 200 };

static void check(op_call *c, bool holds, const char *what, int seed)
{
    char attrs[300];
    if (holds) return;
    fprintf(stderr, "%s, seed %d, attributes '%s': %s (%s)\n", c->op->name, seed,
            kin_attrs_text(c->op, c->draw.attrs, attrs, sizeof attrs), what, c->ctx.error);
    for (size_t i = 0; i < c->in_count; i++)
        fprintf(stderr, "  input %zu: %s %s\n", i, kin_type_name(c->in[i].type),
                kin_shape_text(&c->in[i].shape, attrs, sizeof attrs));
    fail();
}

static void check_in_place(op_call *c, const void *wanted, int seed)
{
    size_t bytes = call_bytes(&c->out[0]);
    if (!c->op->in_place || call_bytes(&c->in[0]) != bytes || c->in[0].type != c->out[0].type) return;
    c->in[0].data = c->out[0].data = call_block(bytes, c->block[0], 0);
    c->op->forward(&c->call);
    check(c, !memcmp(c->out[0].data, wanted, bytes), "another result in place", seed);
    free(c->out[0].data);
}

static void check_instance(const kin_op *op, int seed)
{
    op_call c;
    void   *first[CALL_OUT];
    call_begin(&c, op, (uint64_t)seed);
    check(&c, op->draw(&c.draw) == KIN_OK, "draw fails", seed);
    call_make(&c);
    check(&c, op->infer(&c.call) == KIN_OK, "inference refuses it", seed);
    if (op->macs) check(&c, op->macs(&c.call) > 0, "no multiply-adds", seed);
    call_run(&c, 0xA5);
    for (size_t i = 0; i < c.out_count; i++) first[i] = c.out[i].data;
    call_run(&c, 0x5A);
    for (size_t i = 0; i < c.out_count; i++) {
        check(&c, !memcmp(first[i], c.out[i].data, call_bytes(&c.out[i])), "not all of an output is written", seed);
        free(c.out[i].data);
    }
    check_in_place(&c, first[0], seed);
    for (size_t i = 0; i < c.out_count; i++) free(first[i]);
    call_end(&c);
}

static void test_instances(void **state)
{
    (void)state;
    for (size_t i = 0; i < kin_op_count; i++)
        for (int seed = 0; seed < SEEDS; seed++) check_instance(kin_ops[i], seed);
}

/* The tables are whole: names that kin_op_find finds, inputs named, attributes with a text. */
static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < kin_op_count; i++) {
        const kin_op *op = kin_ops[i];
        assert_ptr_equal(kin_op_find(op->name), op);
        assert_true(op->summary && *op->summary && op->inputs && op->infer && op->forward && op->draw);
        assert_true(op->in_min >= 1 && op->in_max >= op->in_min && op->out_min >= 1 && op->out_max >= op->out_min);
        assert_true((op->attrs_size > 0) == (op->attr_count > 0));
        for (size_t k = 0; k < op->attr_count; k++) {
            assert_true(op->attr[k].doc && *op->attr[k].doc);
            assert_true(op->attr[k].offset < op->attrs_size);
            assert_ptr_equal(kin_attr_find(op, op->attr[k].name), &op->attr[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_instances)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
