/* SPDX-License-Identifier: Apache-2.0
 *
 * A model with another card, and again with another: read back it is the same network with that card; every
 * allocation fails in turn.
 */
#include "format/tflite/recard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kin/kin.h"
#include "support/context.h"
#include "support/oom.h"

/* The file is used in place, so there is one model at a time. */
static kin_status read_model(const char *name, kin_graph **graph)
{
    static _Alignas(64) uint8_t bytes[8 << 20];
    char path[4096];
    *graph = NULL;
    snprintf(path, sizeof path, "%s/models/%s.tflite", getenv("KIN_SOURCE"), name);
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s", path);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(size < sizeof bytes);
    return kin_graph_read_memory(&ctx, bytes, size, graph);
}

static kin_graph *read_recogniser(void)
{
    kin_graph *graph;
    if (read_model("recogniser", &graph) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    return graph;
}

/* Same network, this card; other metadata as they were. */
static void check(const void *bytes, size_t size, const kin_graph *old, const char *card)
{
    kin_graph *graph;
    if (kin_graph_read_memory(&ctx, bytes, size, &graph) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    const kin_metadata *entry = kin_graph_metadata_find(graph, "KIN_CARD");
    assert_non_null(entry);
    assert_int_equal(entry->size, strlen(card));
    assert_memory_equal(entry->bytes, card, strlen(card));
    assert_int_equal((uintptr_t)entry->bytes % 16, (uintptr_t)bytes % 16);
    assert_int_equal(graph->node_count, old->node_count);
    assert_int_equal(graph->tensor_count, old->tensor_count);
    assert_string_equal(graph->description, old->description);
    for (size_t i = 0; i < graph->tensor_count; i++) {
        assert_string_equal(graph->tensor[i].name, old->tensor[i].name);
        assert_int_equal(graph->tensor[i].data != NULL, old->tensor[i].data != NULL);
        if (!graph->tensor[i].data) continue;
        assert_int_equal((uintptr_t)graph->tensor[i].data % 16, (uintptr_t)bytes % 16);
        assert_memory_equal(graph->tensor[i].data, old->tensor[i].data, 4);
    }
    size_t cards = 0;
    for (size_t i = 0; i < graph->metadata_count; i++) cards += strcmp(graph->metadata[i].name, "KIN_CARD") == 0;
    assert_int_equal(cards, 1);
    for (size_t i = 0; i < old->metadata_count; i++) {
        const kin_metadata *was = &old->metadata[i], *is = kin_graph_metadata_find(graph, was->name);
        assert_true(is && (strcmp(was->name, "KIN_CARD") == 0 || is->size == was->size));
    }
    kin_graph_free(graph);
}

static void test_another_card(void **state)
{
    (void)state;
    kin_graph *graph = read_recogniser(), *second;
    uint8_t   *bytes, *again;
    size_t     size, size_again;
    assert_int_equal(kin_tflite_with_card(graph, "{\"a\": 1}", 8, &bytes, &size), KIN_OK);
    check(bytes, size, graph, "{\"a\": 1}");
    assert_int_equal(kin_graph_read_memory(&ctx, bytes, size, &second), KIN_OK);
    assert_int_equal(kin_tflite_with_card(second, "", 0, &again, &size_again), KIN_OK);
    check(again, size_again, graph, "");
    kin_graph_free(second);
    kin_release(&ctx, bytes);
    kin_release(&ctx, again);
    kin_graph_free(graph);
}

static void test_no_file(void **state)
{
    (void)state;
    kin_graph *graph;
    uint8_t   *bytes;
    size_t     size;
    assert_int_equal(kin_graph_new(&ctx, &graph), KIN_OK);
    assert_int_equal(kin_tflite_with_card(graph, "{}", 2, &bytes, &size), KIN_E_UNSUPPORTED);
    assert_null(bytes);
    kin_graph_free(graph);
}

static kin_status way(kin_context *same)
{
    (void)same;
    kin_graph *graph = NULL;
    uint8_t   *bytes = NULL;
    size_t     size;
    kin_status status = read_model("detector", &graph);
    if (status == KIN_OK) status = kin_tflite_with_card(graph, "{}", 2, &bytes, &size);
    kin_release(&ctx, bytes);
    kin_graph_free(graph);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, way, 3, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_another_card), TEST(test_no_file), TEST(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
