/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of codecs, and the public functions that read and write pictures through it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <jpeglib.h>
#include <png.h>

#include "image/codec.h"
#include "os/files.h"

static const kin_codec *const codecs[] = {&kin_codec_jpeg, &kin_codec_png,  &kin_codec_webp, &kin_codec_gif,
                                          &kin_codec_bmp,  &kin_codec_tiff, &kin_codec_avif, &kin_codec_heic};

enum { CODECS = sizeof codecs / sizeof *codecs };

/* Files that are known by sight only, to say so. */
static const struct {
    const char   *name;
    kin_signature signature;
} strangers[] = {
    {"JPEG XL", {"\xFF\x0A", 0, 2}}, {"JPEG XL", {"JXL ", 4, 4}}, {"JPEG 2000", {"jP  ", 4, 4}},
    {"PDF", {"%PDF", 0, 4}},         {"video", {"ftyp", 4, 4}},
};

static bool stands(const kin_signature *s, const uint8_t *bytes, size_t size)
{
    return s->size && size >= s->at + s->size && memcmp(bytes + s->at, s->bytes, s->size) == 0;
}

/* "JPEG, PNG, WebP": what this kin reads. */
static const char *readable(char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < CODECS; i++)
        if (codecs[i]->decode && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", codecs[i]->name);
    return text;
}

/* The codec of these bytes; else the format's name where it is known. */
static kin_status find_codec(kin_context *ctx, const uint8_t *bytes, size_t size, const kin_codec **codec)
{
    char names[100];
    for (size_t i = 0; i < CODECS; i++)
        for (size_t k = 0; k < KIN_SIGNATURES; k++)
            if (stands(&codecs[i]->signature[k], bytes, size)) {
                *codec = codecs[i];
                return codecs[i]->decode ? KIN_OK
                                         : kin_fail(ctx, KIN_E_UNSUPPORTED, "this kin was built without %s", codecs[i]->name);
            }
    if (size == 0) return kin_fail(ctx, KIN_E_FORMAT, "the file is empty");
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (stands(&strangers[i].signature, bytes, size))
            return kin_fail(ctx, KIN_E_UNSUPPORTED, "a %s file; this kin reads %s", strangers[i].name,
                            readable(names, sizeof names));
    return kin_fail(ctx, KIN_E_FORMAT, "no picture: begins with the bytes %02x %02x %02x %02x; this kin reads %s", bytes[0],
                    size > 1 ? bytes[1] : 0, size > 2 ? bytes[2] : 0, size > 3 ? bytes[3] : 0,
                    readable(names, sizeof names));
}

const kin_codec *kin_codec_by_ending(const char *ending)
{
    size_t length = strlen(ending);
    for (size_t i = 0; i < CODECS; i++)
        for (const char *word = codecs[i]->endings; *word;) {
            size_t n = strcspn(word, " ");
            if (n == length && strncasecmp(word, ending, n) == 0) return codecs[i];
            word += n;
            word += *word == ' ';
        }
    return NULL;
}

kin_picture_kind kin_picture_by_path(const char *path)
{
    static const char *const others[] = {"jxl", "jp2", "dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2"};
    const char              *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
    const kin_codec         *codec = dot ? kin_codec_by_ending(dot + 1) : NULL;
    if (codec) return codec->decode ? KIN_PICTURE : KIN_OTHER_PICTURE;
    for (size_t i = 0; dot && i < sizeof others / sizeof *others; i++)
        if (strcasecmp(dot + 1, others[i]) == 0) return KIN_OTHER_PICTURE;
    return KIN_NO_PICTURE;
}

/* --- reading --- */

static kin_status read_memory(kin_context *ctx, const void *bytes, size_t size, const kin_image_options *options,
                              kin_image **out)
{
    int              shrink = options && options->shrink ? options->shrink : 1;
    const kin_codec *codec = NULL;
    *out = NULL;
    if (shrink != 1 && shrink != 2 && shrink != 4 && shrink != 8)
        return kin_fail(ctx, KIN_E_USAGE, "shrink %d, expected 1, 2, 4 or 8", shrink);
    if (!bytes && size) return kin_fail(ctx, KIN_E_USAGE, "no bytes to read a picture from");
    KIN_TRY(find_codec(ctx, bytes, size, &codec));
    return codec->decode(ctx, bytes, size, shrink, out);
}

static kin_status read_file(kin_context *ctx, const char *path, const kin_image_options *options, kin_image **out)
{
    uint8_t *bytes;
    size_t   size;
    *out = NULL;
    KIN_TRY(kin_file_read(ctx, path, 0, &bytes, &size));
    kin_status status = read_memory(ctx, bytes, size, options, out);
    kin_release(ctx, bytes);
    return status == KIN_OK ? status : kin_fail_prefix(ctx, status, path);
}

kin_status kin_image_read_with(kin_context *ctx, const char *path, const kin_image_options *options, kin_image **out)
{
    kin_enter(ctx);
    kin_status status = read_file(ctx, path, options, out);
    kin_leave(ctx);
    return status;
}

kin_status kin_image_read_memory_with(kin_context *ctx, const void *bytes, size_t size,
                                      const kin_image_options *options, kin_image **out)
{
    kin_enter(ctx);
    kin_status status = read_memory(ctx, bytes, size, options, out);
    kin_leave(ctx);
    return status;
}

kin_status kin_image_read(kin_context *ctx, const char *path, kin_image **out)
{
    return kin_image_read_with(ctx, path, NULL, out);
}

kin_status kin_image_read_memory(kin_context *ctx, const void *bytes, size_t size, kin_image **out)
{
    return kin_image_read_memory_with(ctx, bytes, size, NULL, out);
}

/* --- writing --- */

static kin_status encode(kin_context *ctx, const kin_image *image, const char *ending, kin_buffer *out)
{
    const kin_codec *codec = kin_codec_by_ending(ending);
    if (!codec || !codec->encode)
        return kin_fail(ctx, KIN_E_USAGE, "pictures are written as .jpg or .png, not as \".%s\"", ending);
    return codec->encode(ctx, image, out);
}

kin_status kin_image_write_memory(kin_context *ctx, const kin_image *image, const char *type, uint8_t **bytes,
                                  size_t *size)
{
    kin_enter(ctx);
    kin_buffer buffer = kin_buffer_make(ctx);
    kin_status status = encode(ctx, image, type, &buffer);
    if (status != KIN_OK) kin_buffer_free(&buffer);
    *bytes = buffer.data;
    *size = buffer.size;
    kin_leave(ctx);
    return status;
}

void kin_image_bytes_free(kin_context *ctx, uint8_t *bytes)
{
    kin_enter(ctx);
    kin_release(ctx, bytes);
    kin_leave(ctx);
}

kin_status kin_image_write(kin_context *ctx, const kin_image *image, const char *path)
{
    kin_enter(ctx);
    const char *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
    kin_buffer  buffer = kin_buffer_make(ctx);
    kin_status  status = encode(ctx, image, dot ? dot + 1 : "", &buffer);
    if (status == KIN_OK)
        status = kin_file_replace(ctx, path, buffer.data, buffer.size);
    else
        status = kin_fail_prefix(ctx, status, path);
    kin_buffer_free(&buffer);
    kin_leave(ctx);
    return status;
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

/* KIN_PHOTO_FORMATS: ", bmp, webp (libwebp 1.2.4)" by cmake/photo-formats.cmake, which knows what was found. */
const char *kin_codecs(void)
{
#ifdef LIBJPEG_TURBO_VERSION
    return "jpeg (libjpeg-turbo " TEXT(LIBJPEG_TURBO_VERSION) "), png (libpng " PNG_LIBPNG_VER_STRING ")" KIN_PHOTO_FORMATS;
#else
    return "jpeg (libjpeg " TEXT(JPEG_LIB_VERSION) "), png (libpng " PNG_LIBPNG_VER_STRING ")" KIN_PHOTO_FORMATS;
#endif
}
