/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels and feeding by TensorFlow Lite's official metadata: label texts, the zip archive behind the model, the model of
 * tests/cli/models whole, cut and flipped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/card/card.h"
#include "format/card/labels.h"
#include "format/tflite/metadata.h"
#include "format/tflite/zip.h"
#include "support/context.h"

/* --- label texts --- */

static void check_labels(const char *text, size_t size, const char *const *expected, size_t count)
{
    kin_arena    arena = kin_arena_make(&ctx);
    const char **label;
    size_t       found;
    assert_int_equal(kin_labels_read(&arena, text, size, &label, &found), KIN_OK);
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++) assert_string_equal(label[i], expected[i]);
    kin_arena_free(&arena);
}

#define LABELS(text, ...) \
    check_labels(text, sizeof text - 1, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void test_a_label_a_line(void **state)
{
    (void)state;
    LABELS("Anna", "Anna");
    LABELS("Anna\nBen\n", "Anna", "Ben");
    LABELS("Anna\r\nBen\r\n", "Anna", "Ben");
    LABELS("\xEF\xBB\xBF" "Chlo\xC3\xA9\n\nBen, the younger", "Chlo\xC3\xA9", "", "Ben, the younger");
    LABELS("\n", "");
}

static void refused_labels(const char *text, size_t size, const char *says)
{
    kin_arena    arena = kin_arena_make(&ctx);
    const char **label;
    size_t       count;
    assert_int_equal(kin_labels_read(&arena, text, size, &label, &count), KIN_E_FORMAT);
    assert_string_equal(kin_error(&ctx), says);
    kin_arena_free(&arena);
}

static void test_what_is_no_label(void **state)
{
    (void)state;
    refused_labels("", 0, "labels: no line");
    refused_labels("\xEF\xBB\xBF", 3, "labels: no line");
    refused_labels("a\nb\x1B[31m\n", 9, "labels, line 2: not UTF-8 text");
    refused_labels("a\0b", 3, "labels, line 1: not UTF-8 text");
    refused_labels("a\n\xC3\n", 4, "labels, line 2: not UTF-8 text");
    refused_labels("a\n\xC2\x9B" "31m\n", 7, "labels, line 2: not UTF-8 text");
}

/* --- archives --- */

typedef struct {
    uint8_t data[400];
    size_t  size;
} bytes;

static void put(bytes *b, int size, uint32_t value)
{
    for (int i = 0; i < size; i++) b->data[b->size++] = (uint8_t)(value >> 8 * i);
}

static void put_text(bytes *b, const char *text)
{
    memcpy(b->data + b->size, text, strlen(text));
    b->size += strlen(text);
}

/* "123456789" under the name n1, "" under n2; offsets count from `base`. The CRC of the first is the known check value. */
static bytes archive(const char *before, bool absolute, int method, const char *comment)
{
    static const struct {
        const char *name, *text;
        uint32_t    crc;
    } file[2] = {{"n1", "123456789", 0xCBF43926}, {"n2", "", 0}};
    bytes    b = {.size = 0};
    uint32_t offset[2], base;
    put_text(&b, before);
    base = absolute ? 0 : (uint32_t)b.size;
    for (int i = 0; i < 2; i++) {
        offset[i] = (uint32_t)b.size - base;
        put(&b, 4, 0x04034b50), put(&b, 2, 20), put(&b, 2, 0), put(&b, 2, (uint32_t)method), put(&b, 4, 0), put(&b, 4, file[i].crc);
        put(&b, 4, (uint32_t)strlen(file[i].text)), put(&b, 4, (uint32_t)strlen(file[i].text)), put(&b, 2, 2), put(&b, 2, 4);
        put_text(&b, file[i].name), put_text(&b, "xtra"), put_text(&b, file[i].text);
    }
    uint32_t directory = (uint32_t)b.size;
    for (int i = 0; i < 2; i++) {
        put(&b, 4, 0x02014b50), put(&b, 2, 20), put(&b, 2, 20), put(&b, 2, 0), put(&b, 2, (uint32_t)method), put(&b, 4, 0), put(&b, 4, file[i].crc);
        put(&b, 4, (uint32_t)strlen(file[i].text)), put(&b, 4, (uint32_t)strlen(file[i].text)), put(&b, 2, 2), put(&b, 2, 0), put(&b, 2, 0);
        put(&b, 2, 0), put(&b, 2, 0), put(&b, 4, 0), put(&b, 4, offset[i]), put_text(&b, file[i].name);
    }
    uint32_t size = (uint32_t)b.size - directory;
    put(&b, 4, 0x06054b50), put(&b, 2, 0), put(&b, 2, 0), put(&b, 2, 2), put(&b, 2, 2), put(&b, 4, size), put(&b, 4, directory - base);
    put(&b, 2, (uint32_t)strlen(comment)), put_text(&b, comment);
    return b;
}

static kin_status find(const bytes *b, size_t size, const char *name, const uint8_t **data, size_t *length)
{
    uint8_t   *exact = malloc(size ? size : 1); /* so that a sanitizer sees a read behind it */
    memcpy(exact, b->data, size);
    kin_status status = kin_zip_find(&ctx, exact, size, name, strlen(name), data, length);
    if (*data) *data = b->data + (*data - exact);
    free(exact);
    return status;
}

static void test_a_file_in_an_archive(void **state)
{
    (void)state;
    static const char *const before[] = {"", "a model stands here"}, *const comment[] = {"", "a comment"};
    for (int i = 0; i < 8; i++) {
        bytes          b = archive(before[i & 1], i & 2, 0, comment[i >> 2]);
        const uint8_t *data;
        size_t         length;
        assert_int_equal(find(&b, b.size, "n1", &data, &length), KIN_OK);
        assert_int_equal(length, 9);
        assert_memory_equal(data, "123456789", 9);
        assert_int_equal(find(&b, b.size, "n2", &data, &length), KIN_OK);
        assert_non_null(data);
        assert_int_equal(length, 0);
        assert_int_equal(find(&b, b.size, "n3", &data, &length), KIN_OK);
        assert_null(data);
        for (size_t cut = 0; cut < b.size; cut++) { /* without its end there is no archive */
            assert_int_equal(find(&b, cut, "n1", &data, &length), KIN_OK);
            assert_null(data);
        }
        for (size_t bit = 0; bit < 8 * b.size; bit++) {
            bytes damaged = b;
            damaged.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            kin_status status = find(&damaged, damaged.size, "n1", &data, &length);
            assert_true(status == KIN_OK || status == KIN_E_FORMAT || status == KIN_E_UNSUPPORTED);
            if (status == KIN_OK && data) assert_memory_equal(data, "123456789", 9); /* what bears no checksum: dates, versions */
        }
    }
    bytes          b = archive("", true, 8, "");
    const uint8_t *data;
    size_t         length;
    assert_int_equal(find(&b, b.size, "n1", &data, &length), KIN_E_UNSUPPORTED);
    assert_string_equal(kin_error(&ctx), "'n1' in the archive behind the model is compressed, expected stored");
}

/* --- a whole model --- */

static uint8_t *read_model(size_t *size)
{
    char        path[4096];
    const char *source = getenv("KIN_SOURCE");
    snprintf(path, sizeof path, "%s/tests/cli/models/pictures.tflite", source ? source : ".");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    uint8_t *data = malloc(1 << 16);
    *size = fread(data, 1, 1 << 16, f);
    fclose(f);
    assert_true(*size > 1000 && *size < 1 << 16);
    return data;
}

static kin_status look(const void *data, size_t size, kin_card *card, size_t *labels)
{
    kin_graph   *graph;
    const char **label;
    *labels = 0;
    KIN_TRY(kin_graph_read_memory(&ctx, data, size, &graph));
    kin_status status = kin_graph_card(graph, card);
    if (status == KIN_OK) status = kin_tflite_labels(graph, &label, labels);
    if (status == KIN_OK && *labels == 5) assert_string_equal(label[1], "Ben, the younger");
    kin_graph_free(graph);
    return status;
}

static void test_a_model_with_official_metadata(void **state)
{
    (void)state;
    size_t   size, labels;
    kin_card card;
    uint8_t *data = read_model(&size);
    assert_int_equal(look(data, size, &card, &labels), KIN_OK);
    assert_int_equal(labels, 5);
    assert_int_equal(card.kind, KIN_CARD_CLASSIFIER);
    assert_string_equal(card.decode, "softmax");
    assert_int_equal(card.width, 32);
    assert_int_equal(card.height, 32);
    assert_int_equal(card.align, KIN_ALIGN_NONE);
    assert_int_equal(card.resize, KIN_RESIZE_TENSORFLOW);
    assert_false(card.bgr);
    for (int c = 0; c < 3; c++) assert_true(card.mean[c] == 127.5f && card.scale[c] == 127.5f);
    free(data);
}

static void test_a_damaged_model_ends_with_a_status(void **state)
{
    (void)state;
    size_t   size, labels, well = 0;
    kin_card card;
    uint8_t *data = read_model(&size);
    for (size_t bit = 0; bit < 8 * size; bit += 3) {
        data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        well += look(data, size, &card, &labels) == KIN_OK;
        assert_int_equal(ctx.memory, 0);
        data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(well > 100); /* weights and names may change; the reader goes on */
    for (size_t cut = 0; cut < size; cut += 7) {
        uint8_t *exact = malloc(cut + 1);
        memcpy(exact, data, cut);
        assert_true(look(exact, cut, &card, &labels) != KIN_OK || labels == 0);
        free(exact);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_label_a_line), TEST(test_what_is_no_label), TEST(test_a_file_in_an_archive),
        TEST(test_a_model_with_official_metadata), TEST(test_a_damaged_model_ends_with_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
