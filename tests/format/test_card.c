/* SPDX-License-Identifier: Apache-2.0
 *
 * Cards: the good ones of models/cards, known files, each field damaged in turn, JSON of all kinds.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/card/card.h"
#include "format/card/json.h"
#include "support/cmocka.h"

static kin_context ctx;
static kin_arena   arena;

static int setup(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    arena = kin_arena_make(&ctx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    kin_arena_free(&arena);
    return ctx.memory != 0;
}

/* --- cards --- */

static const char embedder[] =
    "{'card': 1, 'name': 'n', 'version': 'v', 'kind': 'embedder', 'future': [{}],"
    " 'input': {'width': 112, 'height': 96, 'channels': 'BGR', 'mean': [1, 2.5, -3e0], 'scale': [127.5, 1, 0.5],"
    "  'resize': 'tensorflow', 'align': 'five-points', 'template': [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10.5]]},"
    " 'output': {'decode': 'embedding', 'normalise': true, 'mirror': false},"
    " 'thresholds': {'pairs': 1000001, 'table': [{'far': 0.1, 'similarity': 0.2}, {'far': 1e-6, 'similarity': 0.5}]},"
    " 'labels': ['a', '\\u00e9\\ud83d\\ude00'], 'licence': 'L', 'training': 'T', 'results': 'R', 'credit': 'C'}";
static const char detector[] =
    "{'card': 1, 'name': 'n', 'kind': 'detector',"
    " 'input': {'channels': 'RGB', 'mean': [0, 0, 0], 'scale': [1, 1, 1], 'resize': 'antialias', 'multiple': 32, 'pad': 7},"
    " 'output': {'decode': 'ssd', 'strides': [8, 16], 'score': 0.5, 'nms': 0.45, 'smallest_face_px': 12,"
    "  'largest_face_px': 250, 'longer_side_px': 640}}";

/* Replaces ' by " and `from` by `to`. */
static const char *changed(const char *card, const char *from, const char *to)
{
    static char out[4096];
    const char *at = strstr(card, from);
    assert_non_null(at);
    snprintf(out, sizeof out, "%.*s%s%s", (int)(at - card), card, to, at + strlen(from));
    for (char *c = out; *c; c++)
        if (*c == '\'') *c = '"';
    return out;
}

static kin_status read_text(const char *text, kin_card *card)
{
    return kin_card_read(&arena, text, strlen(text), card);
}

static void test_embedder(void **state)
{
    (void)state;
    kin_card card;
    if (read_text(changed(embedder, "", ""), &card) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    assert_int_equal(card.kind, KIN_CARD_EMBEDDER);
    assert_true(card.width == 112 && card.height == 96 && card.bgr && card.resize == KIN_RESIZE_TENSORFLOW);
    assert_true(card.mean[1] == 2.5f && card.mean[2] == -3 && card.scale[0] == 127.5f && card.scale[2] == 0.5f);
    assert_true(card.align == KIN_ALIGN_FIVE_POINTS && card.points[4][1] == 10.5f && card.points[0][0] == 1);
    assert_true(card.normalise && !card.mirror && card.pairs == 1000001 && card.multiple == 1);
    assert_true(card.far_count == 2 && card.far_row[1].far == 1e-6 && card.far_row[0].similarity == 0.2);
    assert_int_equal(card.label_count, 2);
    assert_string_equal(card.label[1], "\xC3\xA9\xF0\x9F\x98\x80");
    assert_string_equal(card.decode, "embedding");
    assert_string_equal(card.credit, "C");
}

static void test_detector(void **state)
{
    (void)state;
    kin_card card;
    if (read_text(changed(detector, "", ""), &card) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    assert_true(card.kind == KIN_CARD_DETECTOR && card.width == 0 && card.multiple == 32 && card.pad == 7);
    assert_true(card.stride_count == 2 && card.strides[1] == 16 && card.score == 0.5f && card.nms == 0.45f);
    assert_true(card.smallest_face_px == 12 && card.largest_face_px == 250 && card.longer_side_px == 640);
    assert_true(card.align == KIN_ALIGN_NONE && !card.bgr && card.far_count == 0);
    assert_string_equal(card.version, "");
}

static const struct {
    const char *card, *from, *to, *says;
    kin_status  status;
} bad[] = {
    {embedder, "'card': 1", "'card': 2", "card: card: version 2, expected 1", KIN_E_UNSUPPORTED},
    {embedder, "'card': 1, ", "", "card: card: is missing", KIN_E_FORMAT},
    {embedder, "'card': 1", "'card': '1'", "card: card: a text, expected a number", KIN_E_FORMAT},
    {embedder, "'embedder'", "'camera'", "card: kind: expected embedder or detector or classifier", KIN_E_FORMAT},
    {embedder, "'kind': 'embedder', ", "", "card: kind: is missing", KIN_E_FORMAT},
    {embedder, "'name': 'n'", "'name': 7", "card: name: a number, expected a text", KIN_E_FORMAT},
    {embedder, "'L'", "'\\u001b[31m'", "card: licence: a control character", KIN_E_FORMAT},
    {embedder, "'L'", "'\\u0085'", "card: licence: a control character", KIN_E_FORMAT},
    {embedder, "'width': 112, ", "", "card: input.width: is missing", KIN_E_FORMAT},
    {embedder, "112", "0", "card: input.width: 0, expected 1 to 8192", KIN_E_FORMAT},
    {embedder, "112", "112.5", "card: input.width: 112.5, expected a whole number", KIN_E_FORMAT},
    {embedder, "96", "1e300", "card: input.height: 1e+300, expected", KIN_E_FORMAT},
    {embedder, "'channels': 'BGR', ", "", "card: input.channels: is missing", KIN_E_FORMAT},
    {embedder, "'BGR'", "'GBR'", "card: input.channels: expected RGB or BGR", KIN_E_FORMAT},
    {embedder, "'BGR'", "true", "card: input.channels: true or false, expected a text", KIN_E_FORMAT},
    {embedder, "[1, 2.5, -3e0]", "[1, 2]", "card: input.mean: 2 entries, expected 3", KIN_E_FORMAT},
    {embedder, "[1, 2.5, -3e0]", "0", "card: input.mean: a number, expected a list", KIN_E_FORMAT},
    {embedder, "127.5, 1,", "127.5, 0,", "card: input.scale[1]: 0, must not be 0", KIN_E_FORMAT},
    {embedder, "127.5, 1,", "127.5, 1e-40,", "card: input.scale[1]", KIN_E_FORMAT},
    {embedder, "0.5]", "null]", "card: input.scale[2]: null, expected a number", KIN_E_FORMAT},
    {embedder, "'resize': 'tensorflow', ", "", "card: input.resize: is missing", KIN_E_FORMAT},
    {embedder, "'align': 'five-points', ", "", "card: input.align: is missing", KIN_E_FORMAT},
    {embedder, "'align': 'five-points'", "'align': 'margin'", "card: input.margin: is missing", KIN_E_FORMAT},
    {embedder, "'template'", "'temple'", "card: input.template: is missing", KIN_E_FORMAT},
    {embedder, ", [9, 10.5]", "", "card: input.template: 4 entries, expected 5", KIN_E_FORMAT},
    {embedder, "[9, 10.5]", "[9]", "card: input.template: expected five pairs", KIN_E_FORMAT},
    {embedder, "[9, 10.5]", "[9, 1e9]", "card: input.template[4]: 1e+09", KIN_E_FORMAT},
    {embedder, "[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10.5]]", "[[1, 2], [1, 2], [1, 2], [1, 2], [1, 2]]", "the same", KIN_E_FORMAT},
    {embedder, "'normalise': true", "'normalise': 1", "card: output.normalise: a number, expected true or false", KIN_E_FORMAT},
    {embedder, "'mirror': false", "'mirrors': false", "card: output.mirror: is missing", KIN_E_FORMAT},
    {embedder, "1000001", "-1", "card: thresholds.pairs: -1", KIN_E_FORMAT},
    {embedder, "1e-6", "0.1", "card: thresholds.table: far must fall", KIN_E_FORMAT},
    {embedder, "1e-6", "0", "card: thresholds.table.far: must be above 0", KIN_E_FORMAT},
    {embedder, "1e-6", "'x'", "card: thresholds.table.far[1]: a text", KIN_E_FORMAT},
    {embedder, "0.1, 'similarity': 0.2", "1.1, 'similarity': 0.2", "card: thresholds.table.far[0]: 1.1", KIN_E_FORMAT},
    {embedder, "'similarity': 0.5", "'similarity': 0.2", "card: thresholds.table: similarity must rise", KIN_E_FORMAT},
    {embedder, "'similarity': 0.5", "'similarity': 1.5", "card: thresholds.table.similarity[1]: 1.5", KIN_E_FORMAT},
    {embedder, "'similarity': 0.5", "'same': 0.5", "every row needs", KIN_E_FORMAT},
    {embedder, "[{'far': 0.1, 'similarity': 0.2}, {'far': 1e-6, 'similarity': 0.5}]", "{}", "card: thresholds.table: an object", KIN_E_FORMAT},
    {embedder, "'labels': ['a'", "'labels': [7", "card: labels: a number, expected a text", KIN_E_FORMAT},
    {embedder, "'input': {", "'input': 3, 'in': {", "card: input: a number, expected an object", KIN_E_FORMAT},
    {detector, "'strides': [8, 16], ", "", "card: output.strides: is missing", KIN_E_FORMAT},
    {detector, "[8, 16]", "[]", "card: output.strides: 0 entries, expected 1 to 8", KIN_E_FORMAT},
    {detector, "[8, 16]", "[1,2,3,4,5,6,7,8,9]", "card: output.strides: 9 entries", KIN_E_FORMAT},
    {detector, "[8, 16]", "[8, 0]", "card: output.strides[1]: 0, expected 1 to 1024", KIN_E_FORMAT},
    {detector, "'multiple': 32", "'multiple': 0", "card: input.multiple: 0, expected 1 to 1024", KIN_E_FORMAT},
    {detector, "'pad': 7", "'pad': 256", "card: input.pad: 256", KIN_E_FORMAT},
    {detector, "'nms': 0.45", "'nms': 2", "card: output.nms: 2, expected 0 to 1", KIN_E_FORMAT},
    {detector, "250", "11", "card: output.smallest_face_px: above", KIN_E_FORMAT},
};

static void test_each_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kin_card   card = {.width = -77};
        kin_status status = read_text(changed(bad[i].card, bad[i].from, bad[i].to), &card);
        if (status != bad[i].status || !strstr(kin_error(&ctx), bad[i].says))
            fail_msg("%s -> %s: %s, \"%s\"; expected \"%s\"", bad[i].from, bad[i].to, kin_status_name(status),
                     kin_error(&ctx), bad[i].says);
        assert_int_equal(card.width, -77);
    }
}

/* Cut anywhere, a card is never read and never harmful; the block is exactly as long, for sanitizers. */
static void test_cut_cards(void **state)
{
    (void)state;
    const char *text = changed(embedder, "", "");
    size_t      size = strlen(text);
    for (size_t n = 0; n < size; n++) {
        char    *part = malloc(n + !n);
        kin_card card;
        assert_non_null(part);
        memcpy(part, text, n);
        assert_int_equal(kin_card_read(&arena, part, n, &card), KIN_E_FORMAT);
        free(part);
    }
}

static void test_cards_of_models(void **state)
{
    (void)state;
    static const char *const names[] = {"recogniser", "detector", "mobilefacenet-foamliu"};
    const char              *source = getenv("KIN_SOURCE");
    for (size_t i = 0; i < 3; i++) {
        char path[1024], text[16384];
        snprintf(path, sizeof path, "%s/models/cards/%s.json", source ? source : ".", names[i]);
        FILE *file = fopen(path, "rb");
        if (!file) skip();
        size_t   size = fread(text, 1, sizeof text, file);
        kin_card card;
        fclose(file);
        if (kin_card_read(&arena, text, size, &card) != KIN_OK) fail_msg("%s: %s", path, kin_error(&ctx));
        assert_int_equal(card.kind, i == 1 ? KIN_CARD_DETECTOR : KIN_CARD_EMBEDDER);
        assert_true(i == 1 || card.far_count >= 2);
    }
}

static void test_known_file(void **state)
{
    (void)state;
    static const uint8_t foamliu[16] = {0x41, 0xc4, 0x23, 0x0d, 0x7f, 0x2e, 0x66, 0xa8,
                                        0x9b, 0xba, 0x07, 0xb0, 0xd4, 0xa3, 0x08, 0x80};
    static const uint8_t nobody[16] = {1};
    const char          *text = kin_card_known(foamliu);
    kin_card             card;
    assert_null(kin_card_known(nobody));
    assert_non_null(text);
    if (read_text(text, &card) != KIN_OK) fail_msg("%s", kin_error(&ctx));
    /* 255 (0.485 0.456 0.406) and 255 (0.229 0.224 0.225) */
    assert_true(fabsf(card.mean[0] - 123.675f) < 1e-4f && fabsf(card.scale[2] - 57.375f) < 1e-4f && !card.bgr);
    assert_true(card.far_count >= 2 && card.pairs > 1000000); /* it decides as well as one with its card inside */
}

/* --- JSON --- */

static const struct {
    const char *text;
    double      value;
} numbers[] = {
    {"0", 0},         {"-0", -0.0},           {"12", 12},           {"-1.5", -1.5},    {"1e3", 1000},
    {"1E+2", 100},    {"25e-1", 2.5},         {"0.1", 0.1},         {"123.675", 123.675}, {"38.2946", 38.2946},
    {"1e22", 1e22},   {"0.000001", 0.000001}, {"1e-9", 1e-9},       {"9007199254740993", 9007199254740992.0},
    {"1e-400", 0},    {"0e999999999999", 0},  {"1e-99999999999", 0}, {"1000000000000000000000", 1e21},
};

static void test_json_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const kin_json *value;
        assert_int_equal(kin_json_read(&arena, numbers[i].text, strlen(numbers[i].text), &value), KIN_OK);
        assert_int_equal(value->kind, KIN_JSON_NUMBER);
        if (value->number != numbers[i].value) fail_msg("%s: %.17g", numbers[i].text, value->number);
    }
    const kin_json *value; /* far from exact powers: a few units of the last place */
    assert_int_equal(kin_json_read(&arena, "2.2250738585072014e-305", 23, &value), KIN_OK);
    assert_true(fabs(value->number / 2.2250738585072014e-305 - 1) < 1e-14);
}

static const struct {
    const char *text, *says;
} bad_json[] = {
    {"", "ends where a value"},
    {"{", "expected a text"},
    {"[1,]", "expected a digit"},
    {"[1 2]", "expected , or ]"},
    {"{\"a\":1 \"b\":2}", "expected , or }"},
    {"{\"a\" 1}", "expected :"},
    {"{a:1}", "expected a text"},
    {"{\"a\":1,\"a\":2}", "given before"},
    {"{\"a\":1,\"\\u0061\":2}", "given before"},
    {"01", "must not begin with 0"},
    {"-", "expected a digit"},
    {"+1", "expected a digit"},
    {".5", "expected a digit"},
    {"1.", "behind the point"},
    {"1e", "exponent"},
    {"1e999", "too large"},
    {"NaN", "expected a digit"},
    {"nul", "expected null"},
    {"tru", "expected true"},
    {"1 1", "more text"},
    {"\"abc", "without end"},
    {"\"\\", "without end"},
    {"\"\\\"", "without end"},
    {"\"\\x\"", "unknown escape"},
    {"\"\\u12g4\"", "hexadecimal"},
    {"\"\\u12\"", "hexadecimal"},
    {"\"\\u0000\"", "NUL"},
    {"\"\\ud800\"", "surrogate"},
    {"\"\\ud800\\u0041\"", "surrogate"},
    {"\"\\udc00\"", "surrogate"},
    {"\"\n\"", "control character"},
    {"\"\xFF\"", "not UTF-8"},
    {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "too deeply"},
    {"\n\n  ?", "line 3 (byte 4 of 5)"},
};

static void test_bad_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_json / sizeof *bad_json; i++) {
        const kin_json *value;
        kin_status      status = kin_json_read(&arena, bad_json[i].text, strlen(bad_json[i].text), &value);
        if (status != KIN_E_FORMAT || !strstr(kin_error(&ctx), bad_json[i].says))
            fail_msg("%s: %s, \"%s\"; expected \"%s\"", bad_json[i].text, kin_status_name(status), kin_error(&ctx),
                     bad_json[i].says);
        assert_null(value);
    }
}

static void test_json_text_and_tree(void **state)
{
    (void)state;
    static const char text[] = " { \"k\" : [ true , null, \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\" ] , \"o\":{} } ";
    const kin_json   *root, *list;
    assert_int_equal(kin_json_read(&arena, text, sizeof text - 1, &root), KIN_OK);
    list = kin_json_find(root, "k");
    assert_int_equal(list->count, 3);
    assert_true(list->first->truth && list->first->next->kind == KIN_JSON_NULL);
    assert_string_equal(list->first->next->next->text, "\"\\/\b\f\n\r\t\xC3\xA9");
    assert_int_equal(kin_json_find(root, "o")->count, 0);
    assert_null(kin_json_find(root, "x"));
    assert_null(kin_json_find(list, "x"));
    assert_null(kin_json_find(NULL, "x"));
}

static void test_many_members_are_refused(void **state)
{
    (void)state;
    static char     text[8192] = "{";
    const kin_json *value;
    for (int i = 0; i <= KIN_JSON_MEMBERS; i++) snprintf(text + strlen(text), 32, "%s\"k%d\":0", i ? "," : "", i);
    strcat(text, "}");
    assert_int_equal(kin_json_read(&arena, text, strlen(text), &value), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(&ctx), "too many members"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_embedder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_detector, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_field, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cut_cards, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cards_of_models, setup, teardown),
        cmocka_unit_test_setup_teardown(test_known_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_json, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_text_and_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_members_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
