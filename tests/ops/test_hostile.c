/* SPDX-License-Identifier: Apache-2.0
 *
 * Random instances with something in them made hostile: an attribute, a dimension, a type, a rank, the numbers of a
 * constant, an input that is missing or not known. Inference may take or refuse it, with a text; what it takes, forward
 * must survive (the sanitizers watch). No op may loop for long over small tensors: the test has a time limit.
 */
#include "support/cmocka.h"

#include <math.h>

#include "ops/call.h"

enum { SEEDS = 600, RUN_BYTES = 1 << 16 };

static const int64_t numbers[] = {-1, 0, 1, 2, 3, 5, 7, 8, 63, 1000, -2, -8, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN,
                                  (int64_t)UINT32_MAX + 1, INT64_C(1) << 62};

static int64_t number(kin_random *random)
{
    return numbers[kin_random_below(random, sizeof numbers / sizeof *numbers)];
}

static void spoil_attribute(op_call *c, kin_random *random)
{
    if (!c->op->attr_count) return;
    const kin_attr *attr = &c->op->attr[kin_random_below(random, c->op->attr_count)];
    char           *at = (char *)c->draw.attrs + attr->offset;
    kin_ints       *ints = (kin_ints *)at;
    static const double reals[] = {0, -1, 1e300, -1e300, (double)NAN, (double)INFINITY, 1e-300, 0.5};
    switch (attr->kind) {
    case KIN_ATTR_INT: *(int64_t *)at = number(random); break;
    case KIN_ATTR_FLOAT: *(double *)at = reals[kin_random_below(random, 8)]; break;
    case KIN_ATTR_BOOL: *(bool *)at = !*(bool *)at; break;
    case KIN_ATTR_ENUM:
    case KIN_ATTR_TYPE: *(int *)at = (int)(int32_t)number(random); break;
    case KIN_ATTR_INTS:
        if (kin_random_below(random, 3) == 0) ints->count = (int)kin_random_below(random, KIN_INTS_MAX + 1);
        if (ints->count) ints->value[kin_random_below(random, (uint64_t)ints->count)] = number(random);
        break;
    }
}

static void spoil_input(op_call *c, kin_random *random)
{
    kin_tensor *t = &c->draw.in[kin_random_below(random, c->draw.in_count)];
    kin_shape  *s = &t->shape;
    switch (kin_random_below(random, 6)) {
    case 0: t->type = (kin_type)kin_random_below(random, KIN_TYPES); break;
    case 1: s->rank = (int)kin_random_below(random, KIN_RANK_MAX + 1); break;
    case 2: t->name = NULL; break; /* missing */
    case 3: c->draw.constant[t - c->draw.in] ^= true; break;
    case 4: t->quant.count = 0; break;
    default:
        if (s->rank) s->dim[kin_random_below(random, (uint64_t)s->rank)] = number(random);
    }
}

/* Constants keep their bytes as far as they reach; one number of an integer constant is spoilt. */
static void fill_input(op_call *c, size_t i, size_t had, const void *data, kin_random *random)
{
    kin_tensor *t = &c->in[i];
    size_t      bytes = call_bytes(t), count = kin_count(&t->shape);
    c->block[i] = call_block(bytes, NULL, (int)kin_random_below(random, 256));
    memcpy(c->block[i], data, bytes < had ? bytes : had);
    if (t->type == KIN_INT64 && count && kin_random_below(random, 2))
        ((int64_t *)c->block[i])[kin_random_below(random, count)] = number(random);
    if (t->type == KIN_INT32 && count && kin_random_below(random, 2))
        ((int32_t *)c->block[i])[kin_random_below(random, count)] = (int32_t)number(random);
    t->data = c->draw.constant[i] ? c->block[i] : NULL;
}

/* False: a tensor is too large to be made here; inference still sees the shapes, nothing is a constant. */
static bool make(op_call *c, const size_t had[], kin_random *random)
{
    bool small = true;
    c->in_count = c->draw.in_count, c->out_count = c->draw.out_count;
    if (kin_random_below(random, 20) == 0) c->in_count--;
    if (kin_random_below(random, 20) == 0 && c->out_count > 1) c->out_count--;
    for (size_t i = 0; i < c->in_count; i++) {
        size_t bytes;
        c->in[i] = c->draw.in[i];
        c->in_at[i] = c->in[i].name ? &c->in[i] : NULL;
        small = small && kin_tensor_bytes(&c->in[i], &bytes) && bytes <= RUN_BYTES;
    }
    for (size_t i = 0; i < c->in_count; i++) {
        c->in[i].data = NULL;
        if (small) fill_input(c, i, had[i], c->draw.in[i].data, random);
    }
    for (size_t i = 0; i < c->out_count; i++) {
        c->out[i] = (kin_tensor){.name = "output"};
        c->out_at[i] = &c->out[i];
    }
    c->call = (kin_call){&c->ctx, "tested", c->draw.attrs, c->in_count, c->out_count, c->in_at, c->out_at};
    return small;
}

static void run(op_call *c)
{
    for (size_t i = 0; i < c->out_count; i++)
        if (call_bytes(&c->out[i]) > RUN_BYTES) return;
    call_run(c, 0xA5);
    for (size_t i = 0; i < c->out_count; i++) free(c->out[i].data);
}

static void check(const kin_op *op, int seed, int taken[2])
{
    op_call    c;
    kin_random random = kin_random_make((uint64_t)seed, 11);
    size_t     had[CALL_IN];
    call_begin(&c, op, (uint64_t)seed);
    assert_int_equal(op->draw(&c.draw), KIN_OK);
    for (size_t i = 0; i < c.draw.in_count; i++) had[i] = call_bytes(&c.draw.in[i]);
    for (uint64_t times = kin_random_below(&random, 3); times > 0; times--) {
        if (kin_random_below(&random, 2))
            spoil_attribute(&c, &random);
        else
            spoil_input(&c, &random);
    }
    bool       small = make(&c, had, &random);
    kin_status status = op->infer(&c.call);
    taken[status == KIN_OK]++;
    if (status != KIN_OK) {
        assert_true(status == KIN_E_FORMAT || status == KIN_E_UNSUPPORTED);
        assert_non_null(strstr(c.ctx.error, "node 'tested'"));
    } else if (small) {
        run(&c);
    }
    call_end(&c);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < kin_op_count; i++) {
        int taken[2] = {0, 0};
        for (int seed = 0; seed < SEEDS; seed++) check(kin_ops[i], seed, taken);
        if (taken[0] < SEEDS / 50 || taken[1] < SEEDS / 50) /* both must happen for the test to mean anything */
            fail_msg("%s: %d refused, %d taken", kin_ops[i]->name, taken[0], taken[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
