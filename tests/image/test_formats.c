/* SPDX-License-Identifier: Apache-2.0
 *
 * WebP, GIF, BMP, TIFF, HEIC and AVIF (tests/image/data/formats, made by scripts/make-formats.py): every form and
 * orientation, cut, flipped, bombs, no memory. Libraries say nothing on standard error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "image/codec.h"
#define PICTURES "tests/image/data/formats"
#include "image/picture.h"
#include "support/oom.h"

static bool built_in(const char *name)
{
    return kin_codec_by_ending(strrchr(name, '.') + 1)->decode != NULL;
}

/* NULL, and checked what is said, where the format is not built in. */
static kin_image *read_ok(const char *name)
{
    kin_image *image = NULL;
    kin_status status = kin_image_read(ctx, data(name), &image);
    if (!built_in(name)) {
        assert_int_equal(status, KIN_E_UNSUPPORTED);
        assert_non_null(strstr(kin_error(ctx), "this kin was built without"));
        assert_non_null(strstr(kin_error(ctx), name));
        return NULL;
    }
    if (status != KIN_OK) fail_msg("%s", kin_error(ctx));
    return image;
}

/* WebP and TIFF are turned by us, HEIC and AVIF by libheif, whatever their EXIF repeats. */
static void test_all_orientations_come_out_upright(void **state)
{
    (void)state;
    static const struct {
        const char *ending;
        int         times, most;
        bool        ours;
    } kinds[] = {{"webp", 1, 0, true}, {"tif", 1, 0, true}, {"heic", 2, 24, false}, {"avif", 2, 24, false}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        kin_image *want = ramp(kinds[i].times);
        for (int o = 1; o <= 8; o++) {
            char name[16];
            snprintf(name, sizeof name, "o%d.%s", o, kinds[i].ending);
            kin_image *got = read_ok(name);
            if (!got) continue;
            assert_same(got, want, kinds[i].most, name);
            assert_int_equal(kin_image_orientation(got), kinds[i].ours ? o : 1);
            if (strcmp(kin_image_taken(got), "2024:07:31 18:02:11") != 0) fail_msg("%s: taken \"%s\"", name, kin_image_taken(got));
            kin_image_free(got);
        }
        kin_image_free(want);
    }
}

/* `most`: how far lossy coding may be off. Those without an expected.png are the ramp. */
static const struct {
    const char *name;
    int         most;
} forms[] = {
    {"alpha.webp", 1},       {"lossy.webp", 24},   {"lossy-alpha.webp", 24}, {"animated.webp", 0}, {"plain.gif", 0},
    {"interlaced.gif", 0},   {"transparent.gif", 0}, {"animated.gif", 0},    {"offset.gif", 0},    {"rgb.bmp", 0},
    {"grey.bmp", 0},         {"black.bmp", 0},     {"four.bmp", 0},          {"top.bmp", 0},       {"os2.bmp", 0},
    {"runs8.bmp", 0},        {"runs4.bmp", 0},     {"565.bmp", 1},           {"555.bmp", 1},       {"alpha.bmp", 1},
    {"no-alpha.bmp", 0},     {"x.bmp", 0},         {"raw.tif", 0},           {"lzw.tif", 0},       {"packbits.tif", 0},
    {"adobe-deflate.tif", 0}, {"jpeg.tif", 24},    {"grey.tif", 0},          {"fax.tif", 0},       {"palette.tif", 0},
    {"alpha.tif", 2},        {"cmyk.tif", 2},      {"pages.tif", 0},         {"big.tif", 0},       {"grey16.tif", 1},
    {"rgb16-big-endian.tif", 1}, {"tiles.tif", 0}, {"alpha.heic", 40},       {"o6.webp", 0},       {"o5.tif", 0},
};
enum { FORMS = sizeof forms / sizeof *forms };

static void test_every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < FORMS; i++) {
        char expected[80];
        snprintf(expected, sizeof expected, "%s.expected.png", forms[i].name);
        *strchr(expected, '.') = '-';
        kin_image *got = read_ok(forms[i].name);
        kin_image *want = access(data(expected), R_OK) == 0 ? read_ok(expected) : ramp(1);
        if (got) assert_same(got, want, forms[i].most, forms[i].name);
        kin_image_free(got);
        kin_image_free(want);
    }
}

static int stderr_was, quiet;

/* dav1d, which is under libheif, prints what it thinks of damaged AV1 data, and libheif has no switch for that. */
static void listen_to(const char *name)
{
    int nobody = open("/dev/null", O_WRONLY);
    dup2(strstr(name, ".avif") ? nobody : quiet, STDERR_FILENO);
    close(nobody);
}

static kin_status read_bytes(const void *bytes, size_t size, kin_image **image)
{
    uint8_t *copy = malloc(size ? size : 1); /* so that a sanitizer sees reads behind the end */
    memcpy(copy, bytes, size);
    kin_status status = kin_image_read_memory(ctx, copy, size, image);
    assert_int_equal(status == KIN_OK, *image != NULL);
    free(copy);
    return status;
}

static const char *const damaged[] = {"alpha.webp", "o6.webp",   "animated.webp", "plain.gif", "interlaced.gif", "animated.gif",
                                      "rgb.bmp",    "four.bmp",  "runs8.bmp",     "runs4.bmp", "565.bmp",        "lzw.tif",
                                      "jpeg.tif",   "tiles.tif", "pages.tif",     "o6.tif",    "big.tif",        "o6.heic", "o6.avif"};
enum { DAMAGED = sizeof damaged / sizeof *damaged };

/* At every length: an error of the format, or (what is cut off was behind the picture) the very same picture. */
static void test_cut_at_every_length(void **state)
{
    (void)state;
    for (size_t f = 0; f < DAMAGED; f++) {
        uint8_t   *bytes;
        size_t     size, told = 0;
        kin_image *whole = read_ok(damaged[f]), *image;
        if (!whole) continue;
        load(damaged[f], &bytes, &size);
        for (size_t n = 0; n < size; n += n < 64 || size - n < 64 ? 1 : 7) {
            kin_status status = read_bytes(bytes, n, &image);
            if (status == KIN_OK)
                assert_same(image, whole, 0, damaged[f]);
            else if (status != KIN_E_FORMAT && n >= 12) /* before, a stranger's beginning */
                fail_msg("%s cut to %zu of %zu bytes: status %s: %s", damaged[f], n, size, kin_status_name(status), kin_error(ctx));
            else if (n >= 64) {
                told++;
                bool tables = strcmp(damaged[f], "jpeg.tif") == 0; /* in a tag that may be missing */
                if (!strstr(kin_error(ctx), "cut off after") && !(tables && strstr(kin_error(ctx), "damaged")))
                    fail_msg("%s cut to %zu of %zu bytes: %s", damaged[f], n, size, kin_error(ctx));
            }
            kin_image_free(image);
        }
        assert_true(told > 5 || size < 200);
        kin_image_free(whole);
        kin_release(ctx, bytes);
    }
}

static void test_flipped_bits(void **state)
{
    (void)state;
    kin_random random = kin_random_make(7, 0);
    ctx->max_pixels = 1000000; /* a flipped bit may ask for many */
    ctx->max_memory = 64 << 20;
    for (size_t f = 0; f < DAMAGED; f++) {
        uint8_t *bytes;
        listen_to(damaged[f]);
        size_t   size, refused = 0, tries = strstr(damaged[f], "avif") || strstr(damaged[f], "heic") ? 300 : 1500;
        if (!built_in(damaged[f])) continue;
        load(damaged[f], &bytes, &size);
        for (size_t n = 0; n < tries; n++) {
            size_t     at = n < 128 && n < size ? n : (size_t)kin_random_below(&random, size);
            uint8_t    was = bytes[at];
            kin_image *image;
            bytes[at] ^= (uint8_t)(1u << kin_random_below(&random, 8));
            kin_status status = read_bytes(bytes, size, &image);
            if (status != KIN_OK && status != KIN_E_FORMAT && status != KIN_E_LIMIT && status != KIN_E_UNSUPPORTED)
                fail_msg("%s, byte %zu flipped: status %s: %s", damaged[f], at, kin_status_name(status), kin_error(ctx));
            refused += status != KIN_OK;
            kin_image_free(image);
            bytes[at] = was;
        }
        listen_to("");
        assert_true(refused > 5);
        kin_release(ctx, bytes);
    }
}

/* Sizes that stand in headers, changed to something huge: behind `mark`, `skip` bytes on. */
static void test_bombs_are_refused_before_allocating(void **state)
{
    (void)state;
    static const struct {
        const char *name, *mark;
        size_t      mark_size, skip, bytes;
        const char *to;
    } bombs[] = {{"rgb.bmp", "BM", 2, 16, 8, "\x60\xEA\0\0\x60\xEA\0\0"},
                 {"alpha.webp", "VP8L", 4, 5, 4, "\xFF\xFF\xFF\x0F"}, /* 14 bits each */
                 {"offset.gif", "GIF8", 4, 2, 4, "\xFF\xFF\xFF\xFF"},
                 {"raw.tif", "\0\1\4\0\1\0\0\0", 8, 0, 2, "\x60\xEA"},
                 {"o1.heic", "ispe\0\0\0", 8, 0, 8, "\0\0\x40\0\0\0\x40\0"},
                 {"o1.avif", "ispe\0\0\0", 8, 0, 8, "\0\0\x40\0\0\0\x40\0"}};
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        uint8_t   *bytes;
        size_t     size, at = 0;
        kin_image *image;
        if (!built_in(bombs[i].name)) continue;
        load(bombs[i].name, &bytes, &size);
        while (at + bombs[i].mark_size < size && memcmp(bytes + at, bombs[i].mark, bombs[i].mark_size) != 0) at++;
        at += bombs[i].mark_size + bombs[i].skip;
        assert_true(at + 22 < size);
        memcpy(bytes + at, bombs[i].to, bombs[i].bytes);
        if (strcmp(bombs[i].name, "raw.tif") == 0) memcpy(bytes + at + 12, bombs[i].to, 2); /* the next entry: height */
        kin_status status = read_bytes(bytes, size, &image);
        if (status != KIN_E_LIMIT) fail_msg("%s: %s: %s", bombs[i].name, kin_status_name(status), kin_error(ctx));
        assert_non_null(strstr(kin_error(ctx), "pixels"));
        kin_release(ctx, bytes);
    }
}

/* What a library takes for itself counts too: within the limit on pixels, not within that on memory. */
static void test_the_memory_of_libraries_counts(void **state)
{
    (void)state;
    static const char *const names[] = {"alpha.webp", "lossy-alpha.webp", "o1.heic", "o1.avif", "lzw.tif"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint8_t   *bytes;
        size_t     size;
        kin_image *image;
        if (!built_in(names[i])) continue;
        load(names[i], &bytes, &size);
        ctx->max_memory = ctx->memory + 2 * 3 * 48 * 32 + (strstr(names[i], "o1") ? 3 * 3 * 48 * 32 : 0);
        assert_int_equal(read_bytes(bytes, size, &image), KIN_E_LIMIT);
        ctx->max_memory = 8 << 20;
        assert_int_equal(read_bytes(bytes, size, &image), KIN_OK);
        kin_image_free(image);
        kin_release(ctx, bytes);
    }
}

static void test_raw_photos_are_no_previews(void **state)
{
    (void)state;
    kin_image *image;
    if (!built_in("raw-photo.tif")) return;
    assert_int_equal(kin_image_read(ctx, data("raw-photo.tif"), &image), KIN_E_UNSUPPORTED);
    assert_non_null(strstr(kin_error(ctx), "raw"));
}

static const char *walked;

static kin_status read_walked(kin_context *other)
{
    kin_image *image;
    kin_status status = kin_image_read(other, data(walked), &image);
    kin_image_free(image);
    return status;
}

static void test_each_allocation_fails_in_turn(void **state)
{
    (void)state;
    for (size_t f = 0; f < DAMAGED; f++) {
        walked = damaged[f];
        if (built_in(walked)) oom_walk(ctx, read_walked, 2, false);
    }
}

static void test_cancelled(void **state)
{
    (void)state;
    for (size_t f = 0; f < DAMAGED; f++) {
        walked = damaged[f];
        if (!built_in(walked)) continue;
        kin_context_cancel(ctx);
        assert_int_equal(read_walked(ctx), KIN_E_CANCELLED);
        kin_context_resume(ctx);
        assert_int_equal(read_walked(ctx), KIN_OK);
    }
}

/* Runs all tests with standard error in a file, which must stay empty but for what cmocka says of a failure. */
static char quiet_path[] = "/tmp/kin-quiet-XXXXXX";

static int listen(void **state)
{
    (void)state;
    stderr_was = dup(STDERR_FILENO);
    quiet = mkstemp(quiet_path);
    return quiet < 0 || dup2(quiet, STDERR_FILENO) < 0;
}

static int hear_nothing(void **state)
{
    (void)state;
    char  said[500];
    off_t size = lseek(quiet, 0, SEEK_END);
    fflush(stderr);
    dup2(stderr_was, STDERR_FILENO);
    size = lseek(quiet, 0, SEEK_SET) == 0 && size > 0 ? read(quiet, said, sizeof said) : 0;
    if (size > 0) fprintf(stderr, "%.*s", (int)size, said);
    unlink(quiet_path);
    return size > 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_orientations_come_out_upright),
        TEST(test_every_form),
        TEST(test_cut_at_every_length),
        TEST(test_flipped_bits),
        TEST(test_bombs_are_refused_before_allocating),
        TEST(test_the_memory_of_libraries_counts),
        TEST(test_raw_photos_are_no_previews),
        TEST(test_each_allocation_fails_in_turn),
        TEST(test_cancelled),
    };
    return cmocka_run_group_tests(tests, listen, hear_nothing);
}
