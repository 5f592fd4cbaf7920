/* SPDX-License-Identifier: Apache-2.0
 *
 * Every model file at hand is read: the default ones of models/ and, where ../shared is there, the pilots and foreign
 * files. Their inputs and outputs are what the files' makers say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/card/card.h"
#include "support/cmocka.h"

static kin_context ctx;

static void *load(const char *folder, const char *name, size_t *size)
{
    char  path[1024];
    FILE *file;
    long  length;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    void *bytes = malloc((size_t)length);
    *size = bytes ? fread(bytes, 1, (size_t)length, file) : 0;
    fclose(file);
    return bytes;
}

static const struct {
    const char *name;
    bool        ours; /* in models/, else in ../shared/weights */
    const char *ends; /* "name shape ... > name ..." */
    const char *card; /* its card's name, NULL: none */
} files[] = {
    {"recogniser.tflite", true, "serving_default_args_0 [?, 112, 112, 3] > serving_default_output_0_output", "kin pilot recogniser"},
    {"detector.tflite", true,
     "serving_default_args_0 [?, ?, ?, 3] > serving_default_output_0_output serving_default_output_1_output "
     "serving_default_output_2_output",
     "kin pilot detector"},
    {"pilot-recogniser.tflite", false, "serving_default_args_0 [1, 112, 112, 3] > serving_default_output_0_output", NULL},
    {"pilot-detector.tflite", false,
     "serving_default_args_0 [1, 320, 320, 3] > serving_default_output_0_output serving_default_output_1_output "
     "serving_default_output_2_output",
     NULL},
    {"mobilefacenet-foamliu.tflite", false,
     "serving_default_args_0 [1, 112, 112, 3] > serving_default_output_0_output", "MobileFaceNet (foamliu)"},
    {"FaceAntiSpoofing.tflite", false, "input [1, 256, 256, 3] > Identity Identity_1", NULL},
    {"mtcnn/pnet.tflite", false, "pnet/input [1, 1280, 960, 3] > pnet/prob1 pnet/conv4-2/BiasAdd", NULL},
    {"mtcnn/rnet.tflite", false, "rnet/input [1, 24, 24, 3] > rnet/prob1 rnet/conv5-2/conv5-2", NULL},
    {"mtcnn/onet.tflite", false, "onet/input [1, 48, 48, 3] > onet/prob1 onet/conv6-2/conv6-2 onet/conv6-3/conv6-3", NULL},
};

static void list_ends(const kin_graph *graph, char *out, size_t size)
{
    *out = 0;
    for (size_t i = 0; i < kin_graph_inputs(graph); i++) {
        kin_shape shape = kin_graph_input_shape(graph, i);
        char      text[KIN_SHAPE_TEXT];
        snprintf(out + strlen(out), size - strlen(out), "%s %s ", kin_graph_input_name(graph, i),
                 kin_shape_text(&shape, text, sizeof text));
    }
    snprintf(out + strlen(out), size - strlen(out), ">");
    for (size_t i = 0; i < kin_graph_outputs(graph); i++)
        snprintf(out + strlen(out), size - strlen(out), " %s", kin_graph_output_name(graph, i));
}

/* Reads one file, with its bytes `shift` behind an aligned address; 0 when it is not there. */
static int check_file(size_t i, const char *folder, size_t shift)
{
    size_t      size;
    kin_graph  *graph;
    kin_card    card;
    char        text[512];
    void       *bytes = load(folder, files[i].name, &size);
    if (!bytes) return 0;
    char *moved = malloc(size + shift);
    assert_non_null(moved);
    memcpy(moved + shift, bytes, size);
    free(bytes);
    if (kin_graph_read_memory(&ctx, moved + shift, size, &graph) != KIN_OK)
        fail_msg("%s: %s", files[i].name, kin_error(&ctx));
    list_ends(graph, text, sizeof text);
    assert_string_equal(text, files[i].ends);
    kin_status status = kin_graph_card(graph, &card);
    assert_int_equal(status, files[i].card ? KIN_OK : KIN_E_NOT_FOUND);
    if (status == KIN_OK) assert_string_equal(card.name, files[i].card);
    kin_graph_free(graph);
    assert_int_equal(ctx.memory, 0);
    free(moved);
    return 1;
}

static const char *our_folder(void)
{
    static char path[1024];
    const char *source = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/models", source ? source : ".");
    return path;
}

static void test_our_models(void **state)
{
    (void)state;
    int read = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].ours) read += check_file(i, our_folder(), 0) + check_file(i, our_folder(), 1);
    if (!read) skip();
    assert_int_equal(read, 4);
}

static void test_shared_weights(void **state)
{
    (void)state;
    char        path[1024];
    const char *shared = getenv("KIN_SHARED"), *source = getenv("KIN_SOURCE");
    int         read = 0, all = 0;
    if (shared)
        snprintf(path, sizeof path, "%s/weights", shared);
    else
        snprintf(path, sizeof path, "%s/../shared/weights", source ? source : ".");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!files[i].ours) read += check_file(i, path, 0), all++;
    if (!read) skip();
    assert_int_equal(read, all);
}

int main(void)
{
    kin_context_init(&ctx);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_our_models), cmocka_unit_test(test_shared_weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
