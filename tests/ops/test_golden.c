/* SPDX-License-Identifier: Apache-2.0
 *
 * Every op against TensorFlow Lite's reference kernels (tests/golden/ops): the op alone, and its one-op model through
 * reader and plan. Floats within 1e-5 of the largest value, all others to the bit.
 */
#include "support/cmocka.h"

#include <math.h>

#include "ops/golden.h"

static void check(const golden_case *c, bool holds, const char *what, const char *detail)
{
    char shape[KIN_SHAPE_TEXT];
    if (holds) return;
    fprintf(stderr, "%s, attributes '%s': %s %s\n", c->call.op->name, c->attributes, what, detail);
    for (size_t i = 0; i < c->call.in_count; i++)
        fprintf(stderr, "  input %zu: %s %s\n", i, kin_type_name(c->call.draw.in[i].type),
                kin_shape_text(&c->call.draw.in[i].shape, shape, sizeof shape));
    fail();
}

/* The largest error over the largest value; INFINITY when infinities or NaNs differ. */
static double error_of(const float *y, const float *wanted, size_t count)
{
    double largest = 1e-30, error = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(wanted[i]) || !isfinite(y[i])) {
            if (isnan(wanted[i]) ? !isnan(y[i]) : y[i] != wanted[i]) return INFINITY;
            continue;
        }
        largest = fmax(largest, fabs((double)wanted[i]));
        error = fmax(error, fabs((double)y[i] - wanted[i]));
    }
    return error / largest;
}

static void check_output(const golden_case *c, size_t i, kin_type type, const kin_shape *shape, const void *data)
{
    const kin_tensor *wanted = &c->wanted[i];
    char              text[2 * KIN_SHAPE_TEXT], shown[KIN_SHAPE_TEXT], other[KIN_SHAPE_TEXT];
    snprintf(text, sizeof text, "%s, expected %s", kin_shape_text(shape, shown, sizeof shown),
             kin_shape_text(&wanted->shape, other, sizeof other));
    check(c, kin_shape_equal(shape, &wanted->shape), "shape", text);
    check(c, type == wanted->type, "type", kin_type_name(type));
    if (type == KIN_FLOAT32) {
        double error = error_of(data, wanted->data, kin_count(shape));
        snprintf(text, sizeof text, "%g", error);
        check(c, error <= 1e-5, "error", text);
    } else {
        check(c, !memcmp(data, wanted->data, call_bytes(wanted)), "values differ:", kin_type_name(type));
    }
}

static void check_alone(golden_case *c)
{
    op_call *call = &c->call;
    check(c, kin_attrs_parse(&call->ctx, call->op, c->attributes, call->draw.attrs) == KIN_OK, "attributes:",
          call->ctx.error);
    check(c, call->op->infer(&call->call) == KIN_OK, "inference:", call->ctx.error);
    call_run(call, 0xA5);
    for (size_t i = 0; i < call->out_count; i++) {
        check_output(c, i, call->out[i].type, &call->out[i].shape, call->out[i].data);
        free(call->out[i].data);
    }
}

static void check_model(const golden_case *c)
{
    kin_context ctx;
    kin_graph  *graph;
    kin_plan   *plan;
    size_t      input = 0;
    for (size_t i = 0; i < c->call.in_count; i++) input += c->call.in_at[i] && !c->call.draw.constant[i];
    if (!c->model || !input) return; /* a graph has inputs */
    void *bytes = call_block(c->model_size, c->model, 0);
    kin_context_init(&ctx);
    check(c, kin_graph_read_memory(&ctx, bytes, c->model_size, &graph) == KIN_OK, "model:", ctx.error);
    check(c, kin_plan_new(graph, NULL, &plan) == KIN_OK, "plan:", ctx.error);
    input = 0;
    for (size_t i = 0; i < c->call.in_count; i++)
        if (c->call.in_at[i] && !c->call.draw.constant[i])
            memcpy(kin_plan_input(plan, input++), c->call.block[i], call_bytes(&c->call.draw.in[i]));
    check(c, kin_graph_inputs(graph) == input, "number of inputs", "");
    check(c, kin_plan_run(plan) == KIN_OK, "run:", ctx.error);
    for (size_t i = 0; i < c->call.out_count; i++) {
        kin_shape shape = kin_plan_output_shape(plan, i);
        check_output(c, i, kin_plan_output_type(plan, i), &shape, kin_plan_output(plan, i));
    }
    kin_plan_free(plan);
    kin_graph_free(graph);
    free(bytes);
}

static void all_cases(void (*of)(golden_case *))
{
    for (size_t i = 0; i < kin_op_count; i++) {
        golden_file file = {0};
        golden_case c;
        if (!golden_open(&file, kin_ops[i]->name)) {
            fprintf(stderr, "op %s has no golden cases\n", kin_ops[i]->name);
            fail();
        }
        while (golden_next(&file, kin_ops[i], &c)) {
            of(&c);
            call_end(&c.call);
        }
        free(file.bytes);
    }
}

static void test_alone(void **state)
{
    (void)state;
    all_cases(check_alone);
}

static void check_model_of(golden_case *c)
{
    check_model(c);
}

static void test_models(void **state)
{
    (void)state;
    all_cases(check_model_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_alone), cmocka_unit_test(test_models)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
