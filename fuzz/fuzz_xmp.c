/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign XMP: any bytes as a photo whose packet is looked for, and as a sidecar that is read and that names are written into.
 * What was written is read again, holds the names, and needs no change. exempi itself is not instrumented.
 */
#include <stdlib.h>
#include <string.h>

#include "tags/tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const kin_tag tag[] = {{"Anna", {0.3, 0.3, 0.5, 0.6}}, {NULL, {0.6, 0.1, 0.7, 0.3}}, {"Ben", {0, 0.5, 0.1, 1}}};
enum { TAGS = sizeof tag / sizeof *tag };

static kin_status write_names(kin_context *ctx, const uint8_t *sidecar, size_t size, const uint8_t *inside, size_t inside_bytes,
                              int orientation, kin_tagged *tagged, kin_buffer *out)
{
    const kin_tag_photo photo = {sidecar, size, inside, inside_bytes, orientation >= 5 ? 300 : 400, orientation >= 5 ? 400 : 300, orientation};
    *out = kin_buffer_make(ctx);
    return kin_xmp_tag(ctx, &photo, tag, TAGS, tagged, out);
}

static bool has(const kin_regions *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->region[i].name, name) == 0) return true;
    return false;
}

static void look_again(kin_context *ctx, const kin_buffer *written, int orientation, const kin_tagged *tagged)
{
    kin_regions list = kin_regions_make(ctx);
    kin_tagged  again[TAGS];
    kin_buffer  out;
    if (kin_xmp_read(ctx, written->data, written->size, &list) != KIN_OK) abort();
    for (size_t i = 0; i < TAGS; i++)
        if (tagged[i].result == KIN_TAG_WRITTEN && !has(&list, tag[i].name)) abort();
    kin_regions_free(&list);
    if (write_names(ctx, written->data, written->size, NULL, 0, orientation, again, &out) != KIN_OK || out.size) abort();
    for (size_t i = 0; i < TAGS; i++) kin_release(ctx, again[i].other);
    kin_buffer_free(&out);
}

static void try_one(kin_context *ctx, const uint8_t *sidecar, size_t size, const uint8_t *inside, size_t inside_bytes)
{
    const int  orientation = (int)(size % 8) + 1;
    kin_tagged tagged[TAGS];
    kin_buffer out;
    if (write_names(ctx, sidecar, size, inside, inside_bytes, orientation, tagged, &out) == KIN_OK && out.size)
        look_again(ctx, &out, orientation, tagged);
    for (size_t i = 0; i < TAGS; i++) kin_release(ctx, tagged[i].other);
    kin_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kin_context *ctx = kin_context_new(&(kin_options){.threads = 1, .max_memory = 32 << 20});
    if (!ctx) return 0;
    const uint8_t *packet = data;
    size_t         length = size;
    const bool     photo = kin_xmp_find(data, size, &packet, &length);
    kin_regions    list = kin_regions_make(ctx);
    if (!photo) packet = data, length = size;
    if (length && (packet < data || length > size || (size_t)(packet - data) > size - length)) abort();
    if (kin_xmp_read(ctx, packet, length, &list) == KIN_OK) {
        for (size_t i = 0; i < list.count; i++)
            if (!kin_area_valid(list.region[i].area)) abort();
        try_one(ctx, packet, length, NULL, 0);
        try_one(ctx, NULL, 0, packet, length);
        kin_xmp_of_other(ctx, packet, length, "jpg");
    }
    kin_regions_free(&list);
    if (ctx->memory != 0) abort(); /* a leak of ours, seen without a sanitizer too */
    kin_context_free(ctx);
    return 0;
}
