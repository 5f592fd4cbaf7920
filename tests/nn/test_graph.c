/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes, attributes as text, building a graph by hand, sorting it and refusing what is no graph.
 */
#include <string.h>

#include "nn/graph.h"
#include "support/context.h"

/* --- an op of the test's own --- */

typedef struct {
    int64_t  count;
    double   ratio;
    bool     flag;
    kin_ints list;
    int      word, type;
} odd_attrs;

static const char *const odd_words[] = {"same", "valid", NULL};
static const kin_attr    odd_attr[] = {
    {"count", KIN_ATTR_INT, offsetof(odd_attrs, count), "3", NULL, "a number"},
    {"ratio", KIN_ATTR_FLOAT, offsetof(odd_attrs, ratio), "1.0", NULL, "a real number"},
    {"flag", KIN_ATTR_BOOL, offsetof(odd_attrs, flag), "false", NULL, "yes or no"},
    {"list", KIN_ATTR_INTS, offsetof(odd_attrs, list), "1,1", NULL, "numbers"},
    {"word", KIN_ATTR_ENUM, offsetof(odd_attrs, word), "valid", odd_words, "a word"},
    {"type", KIN_ATTR_TYPE, offsetof(odd_attrs, type), "float32", NULL, "a type"},
};
static const kin_op odd = {
    .name = "odd", .summary = "for this test", .in_min = 1, .in_max = 2, .out_min = 1, .out_max = 1,
    .attrs_size = sizeof(odd_attrs), .attr = odd_attr, .attr_count = sizeof odd_attr / sizeof *odd_attr,
};

static void test_shapes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    size_t    n;
    char      text[KIN_SHAPE_TEXT];
    kin_shape s = kin_shape_make(3, (int64_t[]){2, 3, 4});
    assert_true(kin_shape_elements(&s, &n));
    assert_int_equal(n, 24);
    assert_string_equal(kin_shape_text(&s, text, sizeof text), "[2, 3, 4]");
    s.dim[1] = -1;
    assert_false(kin_shape_elements(&s, &n));
    assert_string_equal(kin_shape_text(&s, text, sizeof text), "[2, ?, 4]");
    s = kin_shape_make(3, (int64_t[]){INT64_MAX, INT64_MAX, 0}); /* zero elements, but spans of it would wrap */
    assert_false(kin_shape_elements(&s, &n));
    s = kin_shape_make(2, (int64_t[]){7, 0});
    assert_true(kin_shape_elements(&s, &n));
    assert_int_equal(n, 0);
    s = kin_shape_make(0, NULL);
    assert_true(kin_shape_elements(&s, &n));
    assert_int_equal(n, 1);
    assert_string_equal(kin_shape_text(&s, text, sizeof text), "[]");
    s.rank = 9;
    assert_false(kin_shape_elements(&s, &n));
    kin_tensor t = {.type = KIN_INT64, .shape = kin_shape_make(1, (int64_t[]){INT64_MAX / 4})};
    assert_false(kin_tensor_bytes(&t, &n));
}

static void test_attributes_read_and_print(void **state)
{
    (void)state;
    odd_attrs a;
    char      text[400];
    assert_int_equal(kin_attrs_default(&ctx, &odd, &a), KIN_OK);
    assert_string_equal(kin_attrs_text(&odd, &a, text, sizeof text), "");
    const char *all = "count=-7 ratio=0.1 flag=true list=1,2,3 word=same type=int8";
    assert_int_equal(kin_attrs_parse(&ctx, &odd, all, &a), KIN_OK);
    assert_int_equal(a.count, -7);
    assert_true(a.ratio == 0.1);
    assert_true(a.flag);
    assert_int_equal(a.list.count, 3);
    assert_int_equal(a.list.value[2], 3);
    assert_int_equal(a.word, 0);
    assert_int_equal(a.type, KIN_INT8);
    assert_string_equal(kin_attrs_text(&odd, &a, text, sizeof text), all);
    static const char *const bad[] = {"count", "count=x", "count=1.5", "size=1", "flag=maybe", "list=1,,2", "word=full",
                                      "type=float", "ratio=", "count=99999999999999999999",
                                      "list=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(kin_attrs_parse(&ctx, &odd, bad[i], &a), KIN_E_USAGE);
        assert_non_null(strstr(kin_error(&ctx), "op odd"));
    }
}

/* --- graphs --- */

static kin_graph *graph_of(size_t tensors)
{
    kin_graph *g;
    int        id;
    assert_int_equal(kin_graph_new(&ctx, &g), KIN_OK);
    for (size_t i = 0; i < tensors; i++)
        assert_int_equal(kin_graph_add_tensor(g, NULL, KIN_FLOAT32, kin_shape_make(1, (int64_t[]){4}), NULL, &id), KIN_OK);
    return g;
}

static void node(kin_graph *g, int a, int b, int out)
{
    kin_node *n;
    assert_int_equal(kin_graph_node(g, &odd, "n", 1, b == -2 ? 1 : 2, 1, &n), KIN_OK);
    n->in[0] = a;
    if (b != -2) n->in[1] = b;
    n->out[0] = out;
}

static void ends(kin_graph *g, int in, int out)
{
    assert_int_equal(kin_graph_set_inputs(g, &in, 1), KIN_OK);
    assert_int_equal(kin_graph_set_outputs(g, &out, 1), KIN_OK);
}

static void test_sort_orders_nodes_and_keeps_a_right_order(void **state)
{
    (void)state;
    kin_graph *g = graph_of(5);
    node(g, 2, 1, 3); /* needs 2 and 1 */
    node(g, 1, -2, 2);
    node(g, 0, -1, 1);
    node(g, 0, -2, 4); /* stands last and stays last */
    ends(g, 0, 3);
    assert_int_equal(kin_graph_sort(g), KIN_OK);
    int want[] = {1, 2, 3, 4};
    for (int i = 0; i < 4; i++) assert_int_equal(g->node[i].out[0], want[i]);
    assert_int_equal(kin_graph_sort(g), KIN_OK);
    for (int i = 0; i < 4; i++) assert_int_equal(g->node[i].out[0], want[i]);
    kin_graph_free(g);
}

static void test_sort_takes_a_very_deep_graph(void **state)
{
    (void)state;
    enum { DEEP = 200000 };
    kin_graph *g = graph_of(DEEP + 1);
    for (int i = DEEP; i > 0; i--) node(g, i - 1, -2, i); /* all in the wrong order */
    ends(g, 0, DEEP);
    assert_int_equal(kin_graph_sort(g), KIN_OK);
    for (int i = 0; i < DEEP; i++) assert_int_equal(g->node[i].out[0], i + 1);
    kin_graph_free(g);
}

static void refused(kin_graph *g, const char *word)
{
    assert_int_equal(kin_graph_sort(g), KIN_E_FORMAT);
    if (!strstr(kin_error(&ctx), word)) fail_msg("'%s' does not say '%s'", kin_error(&ctx), word);
    kin_graph_free(g);
}

static void test_an_empty_constant_has_a_value(void **state)
{
    (void)state;
    kin_graph *g = graph_of(2);
    int        id;
    assert_int_equal(kin_graph_add_tensor(g, "none", KIN_INT32, kin_shape_make(1, (int64_t[]){0}), NULL, &id), KIN_OK);
    node(g, 0, id, 1);
    ends(g, 0, 1);
    assert_int_equal(kin_graph_sort(g), KIN_OK);
    assert_non_null(g->tensor[id].data);
    kin_graph_free(g);
}

static void test_sort_refuses_what_is_no_graph(void **state)
{
    (void)state;
    kin_graph *g = graph_of(3);
    node(g, 0, 2, 1);
    node(g, 1, -2, 2);
    ends(g, 0, 2);
    refused(g, "depends on itself");

    g = graph_of(3);
    node(g, 0, -2, 1);
    node(g, 0, -2, 1);
    ends(g, 0, 1);
    refused(g, "made twice");

    g = graph_of(3);
    node(g, 0, 2, 1);
    ends(g, 0, 1);
    refused(g, "no value");

    g = graph_of(3);
    node(g, 0, -2, 1);
    ends(g, 0, 2);
    refused(g, "output but has no value");

    g = graph_of(3);
    node(g, 0, 7, 1);
    ends(g, 0, 1);
    refused(g, "input is 7");

    g = graph_of(3);
    node(g, -1, -2, 1);
    ends(g, 0, 1);
    refused(g, "input is -1");

    g = graph_of(3);
    node(g, 0, -2, -1);
    ends(g, 0, 1);
    refused(g, "output is -1");

    g = graph_of(3);
    node(g, 0, -2, 1);
    g->node[0].in_count = 0;
    ends(g, 0, 1);
    refused(g, "number of inputs");

    g = graph_of(3);
    node(g, 0, -2, 0);
    ends(g, 0, 0);
    refused(g, "made twice");

    g = graph_of(3);
    node(g, 0, -2, 1);
    refused(g, "no inputs");
}

static void test_builder_refuses_nonsense(void **state)
{
    (void)state;
    kin_graph *g = graph_of(1);
    int        id, out;
    assert_int_equal(kin_graph_add_tensor(g, "x", KIN_TYPES, (kin_shape){0}, NULL, &id), KIN_E_USAGE);
    assert_int_equal(kin_graph_add_tensor(g, "x", KIN_INT8, (kin_shape){.rank = 9}, NULL, &id), KIN_E_USAGE);
    assert_int_equal(kin_graph_add_tensor(g, "x", KIN_INT8, kin_shape_make(1, (int64_t[]){-2}), NULL, &id), KIN_E_USAGE);
    assert_int_equal(kin_graph_add_tensor(g, "x", KIN_INT8, kin_shape_make(1, (int64_t[]){-1}), "", &id), KIN_E_USAGE);
    assert_int_equal(kin_graph_add_tensor(g, "x", KIN_INT8, kin_shape_make(1, (int64_t[]){-1}), NULL, &id), KIN_OK);
    assert_int_equal(kin_graph_add_op(g, "no such op", NULL, NULL, &id, 1, &out, 1), KIN_E_USAGE);
    id = 99;
    assert_int_equal(kin_graph_set_inputs(g, &id, 1), KIN_E_USAGE);
    assert_int_equal(kin_graph_set_outputs(g, &id, 1), KIN_E_USAGE);
    kin_graph_free(g);
}

static void test_metadata_is_found(void **state)
{
    (void)state;
    kin_graph *g = graph_of(1);
    assert_null(kin_graph_metadata_find(g, "KIN_CARD"));
    assert_int_equal(kin_graph_metadata_add(g, "other", "xy", 2), KIN_OK);
    assert_int_equal(kin_graph_metadata_add(g, "KIN_CARD", "{}", 2), KIN_OK);
    assert_memory_equal(kin_graph_metadata_find(g, "KIN_CARD")->bytes, "{}", 2);
    kin_graph_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_shapes_that_do_not_fit_are_refused),
        TEST(test_attributes_read_and_print),
        TEST(test_sort_orders_nodes_and_keeps_a_right_order),
        TEST(test_sort_takes_a_very_deep_graph),
        TEST(test_an_empty_constant_has_a_value),
        TEST(test_sort_refuses_what_is_no_graph),
        TEST(test_builder_refuses_nonsense),
        TEST(test_metadata_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
