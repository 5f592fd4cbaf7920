/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures that are damaged, cut off, bombs, or none at all: a clear message, nothing leaked, never a crash. And no memory:
 * each allocation fails in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jpeglib.h>

#include "base/random.h"
#include "image/codec.h"
#include "image/picture.h"
#include "support/oom.h"

static kin_status read_status(const void *bytes, size_t size)
{
    kin_image *image = NULL;
    kin_status status = kin_image_read_memory(ctx, bytes, size, &image);
    assert_int_equal(status == KIN_OK, image != NULL);
    kin_image_free(image);
    return status;
}

static const char *const files[] = {"o1.jpg",  "o6.jpg",  "progressive.jpg", "cmyk.jpg",         "grey.jpg",
                                    "rgb.png", "o6.png",  "alpha.png",       "palette-trns.png", "rgb16.png"};
enum { FILES = sizeof files / sizeof *files };

/* Every length: an error that says so, except that a JPEG may lack its two-byte end marker. */
static void test_cut_at_every_length(void **state)
{
    (void)state;
    for (int f = 0; f < FILES; f++) {
        uint8_t *bytes;
        size_t   size;
        load(files[f], &bytes, &size);
        bool png = strstr(files[f], ".png") != NULL, progressive = strstr(files[f], "progressive") != NULL;
        for (size_t n = 0; n < size; n++) {
            uint8_t   *copy = malloc(n ? n : 1); /* so that a sanitizer sees reads behind the end */
            memcpy(copy, bytes, n);
            kin_status status = read_status(copy, n);
            free(copy);
            bool may_be_whole = !png && !progressive && n + 2 >= size;
            if (status != KIN_E_FORMAT && !(may_be_whole && status == KIN_OK))
                fail_msg("%s cut to %zu of %zu bytes: status %s", files[f], n, size, kin_status_name(status));
            if (n >= 40 && n + 2 < size && !strstr(kin_error(ctx), "cut off after"))
                fail_msg("%s cut to %zu of %zu bytes: %s", files[f], n, size, kin_error(ctx));
        }
        kin_release(ctx, bytes);
    }
}

/* How long the whole should be, as far as rows tell. */
static void test_cut_off_says_how_much(void **state)
{
    (void)state;
    char text[KIN_CUT_OFF_TEXT];
    assert_string_equal(kin_cut_off(31204, 812, 3024, text), "cut off after 31,204 of about 120,000 bytes, at row 812 of 3,024");
    assert_string_equal(kin_cut_off(31204, 200, 3024, text), "cut off after 31,204 bytes, at row 200 of 3,024");
    assert_string_equal(kin_cut_off(31204, 3024, 3024, text), "cut off after 31,204 bytes, at row 3,024 of 3,024");
    assert_string_equal(kin_cut_off(7, 1, 2, text), "cut off after 7 of about 14 bytes, at row 1 of 2");
}

static void test_flipped_bits(void **state)
{
    (void)state;
    kin_random random = kin_random_make(5, 0);
    ctx->max_pixels = 1000000; /* a flipped bit may ask for many */
    for (int f = 0; f < FILES; f++) {
        uint8_t *bytes;
        size_t   size, refused = 0;
        load(files[f], &bytes, &size);
        for (size_t n = 0; n < size * 2; n++) {
            size_t  at = n < size ? n : (size_t)kin_random_below(&random, size);
            uint8_t was = bytes[at];
            bytes[at] ^= (uint8_t)(1u << kin_random_below(&random, 8));
            kin_status status = read_status(bytes, size);
            if (status != KIN_OK && status != KIN_E_FORMAT && status != KIN_E_LIMIT && status != KIN_E_UNSUPPORTED)
                fail_msg("%s, byte %zu flipped: status %s", files[f], at, kin_status_name(status));
            refused += status != KIN_OK;
            bytes[at] = was;
        }
        assert_true(refused > 10);
        kin_release(ctx, bytes);
    }
}

static void test_what_is_no_picture(void **state)
{
    (void)state;
    assert_int_equal(read_status("", 0), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(ctx), "empty"));
    assert_int_equal(read_status("Dear Anna, here is the photo", 28), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(ctx), "no picture"));
    assert_int_equal(read_status("R", 1), KIN_E_FORMAT);
    assert_int_equal(read_status("\xFF\x0A of JPEG XL", 13), KIN_E_UNSUPPORTED);
    assert_non_null(strstr(kin_error(ctx), "a JPEG XL file; this kin reads JPEG, PNG"));
    assert_int_equal(read_status("\0\0\0\x18" "ftypmp42", 12), KIN_E_UNSUPPORTED);
    assert_non_null(strstr(kin_error(ctx), "a video"));
    assert_int_equal(read_status(NULL, 5), KIN_E_USAGE);

    char folder[] = "/tmp/kin-bad-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    kin_image *image;
    snprintf(path, sizeof path, "%s/text.jpg", folder);
    assert_int_equal(kin_file_replace(ctx, path, "just text", 9), KIN_OK);
    assert_int_equal(kin_image_read(ctx, path, &image), KIN_E_FORMAT);
    assert_non_null(strstr(kin_error(ctx), "text.jpg: no picture"));
    unlink(path);
    snprintf(path, sizeof path, "%s/pipe.jpg", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(5);
    assert_int_equal(kin_image_read(ctx, path, &image), KIN_E_IO);
    alarm(0);
    unlink(path);
    assert_int_equal(kin_image_read(ctx, folder, &image), KIN_E_IO);
    assert_int_equal(kin_image_read(ctx, path, &image), KIN_E_NOT_FOUND);
    assert_null(image);
    rmdir(folder);
}

/* CRC-32 of PNG. */
static uint32_t crc(const uint8_t *p, size_t n)
{
    uint32_t c = 0xFFFFFFFF;
    while (n--) {
        c ^= *p++;
        for (int k = 0; k < 8; k++) c = c >> 1 ^ (c & 1 ? 0xEDB88320 : 0);
    }
    return ~c;
}

static void put32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void test_a_huge_header_is_refused_before_allocating(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t   size;
    load("rgb.png", &bytes, &size);
    put32(bytes + 16, 60000);
    put32(bytes + 20, 60000);
    put32(bytes + 29, crc(bytes + 12, 17));
    ctx->max_memory = 2 << 20; /* libpng's own state and zlib's window fit, nothing of the picture does */
    assert_int_equal(read_status(bytes, size), KIN_E_LIMIT);
    assert_non_null(strstr(kin_error(ctx), "60000 x 60000 pixels"));
    put32(bytes + 16, 10000); /* within the limit on pixels, not within that on memory */
    put32(bytes + 20, 10000);
    put32(bytes + 29, crc(bytes + 12, 17));
    assert_int_equal(read_status(bytes, size), KIN_E_LIMIT);
    kin_release(ctx, bytes);
    static const char *const jpegs[] = {"grey.jpg", "progressive.jpg"};
    for (int i = 0; i < 2; i++) {
        load(jpegs[i], &bytes, &size);
        for (size_t at = 0; at + 9 < size; at++)
            if (bytes[at] == 0xFF && (bytes[at + 1] == 0xC0 || bytes[at + 1] == 0xC2)) {
                bytes[at + 5] = bytes[at + 7] = 0xF0; /* 61440 + 32 or 48 */
                break;
            }
        assert_int_equal(read_status(bytes, size), KIN_E_LIMIT);
        assert_non_null(strstr(kin_error(ctx), "61488 x 61472 pixels"));
        kin_release(ctx, bytes);
    }
}

/* A well-formed grey progressive JPEG with a scan a coefficient and bit: 1 + 63 * 2 scans. */
static void test_a_bomb_of_scans_is_refused(void **state)
{
    (void)state;
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr       errors;
    jpeg_scan_info              scans[127] = {{1, {0}, 0, 0, 0, 0}};
    unsigned char              *bytes = NULL;
    unsigned long               size = 0;
    JSAMPLE                     pixels[64];
    JSAMPROW                    row = pixels;
    for (int k = 0; k < 126; k++) scans[k + 1] = (jpeg_scan_info){1, {0}, k / 2 + 1, k / 2 + 1, k % 2, 1 - k % 2};
    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &bytes, &size);
    cinfo.image_width = cinfo.image_height = 64;
    cinfo.input_components = 1;
    cinfo.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&cinfo);
    cinfo.scan_info = scans;
    cinfo.num_scans = 127;
    jpeg_start_compress(&cinfo, TRUE);
    for (int y = 0; y < 64; y++) {
        for (int x = 0; x < 64; x++) pixels[x] = (JSAMPLE)(x * y);
        jpeg_write_scanlines(&cinfo, &row, 1);
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    assert_int_equal(read_status(bytes, size), KIN_E_LIMIT);
    assert_non_null(strstr(kin_error(ctx), "more than 100 scans"));
    free(bytes);
}

static const char *walked; /* path of a picture */

static kin_status read_draw_write(kin_context *other)
{
    kin_image *image;
    uint8_t   *out;
    size_t     size;
    kin_status status = kin_image_read(other, walked, &image);
    if (status == KIN_OK)
        status = kin_image_draw(image, &(kin_mark){{3, 4, 30, 20}, NULL, 0, "Anna", 0xFFFFFF}, 1);
    for (int i = 0; i < 2 && status == KIN_OK; i++) {
        status = kin_image_write_memory(other, image, i ? "png" : "jpg", &out, &size);
        kin_image_bytes_free(other, out);
    }
    kin_image_free(image);
    return status;
}

static void test_each_allocation_fails_in_turn(void **state)
{
    (void)state;
    for (int f = 0; f < FILES; f++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tests/image/data/%s", getenv("KIN_SOURCE") ? getenv("KIN_SOURCE") : ".", files[f]);
        walked = path;
        oom_walk(ctx, read_draw_write, 5, false);
    }
}

static void test_cancelled(void **state)
{
    (void)state;
    uint8_t *bytes;
    size_t   size;
    for (int f = 0; f < FILES; f++) {
        load(files[f], &bytes, &size);
        kin_context_cancel(ctx);
        assert_int_equal(read_status(bytes, size), KIN_E_CANCELLED);
        kin_context_resume(ctx);
        assert_int_equal(read_status(bytes, size), KIN_OK);
        kin_release(ctx, bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cut_at_every_length),
        TEST(test_cut_off_says_how_much),
        TEST(test_flipped_bits),
        TEST(test_what_is_no_picture),
        TEST(test_a_huge_header_is_refused_before_allocating),
        TEST(test_a_bomb_of_scans_is_refused),
        TEST(test_each_allocation_fails_in_turn),
        TEST(test_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
