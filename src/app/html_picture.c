/* SPDX-License-Identifier: Apache-2.0
 *
 * Faces in a report: small JPEGs inside the page.
 */
#include <stdlib.h>
#include <string.h>

#include "app/base64.h"
#include "app/html.h"
#include "gallery/gallery.h"

enum { SIDE_PX = 120 }; /* shown at 84: sharp enough on a fine screen, some 5 KB */
static const float MARGIN = 0.2f;

/* The face of the picture as <img>; whether there is one. */
static bool put_image(kin_html *h, const kin_image *picture, const kin_face *face, const char *what)
{
    kin_context *ctx = h->app->ctx;
    float        wide = face->box.x1 - face->box.x0, high = face->box.y1 - face->box.y0;
    kin_image   *crop = NULL;
    uint8_t     *bytes = NULL;
    size_t       size = 0;
    char        *text = NULL;
    kin_status   status = kin_crop_margin(ctx, picture, face, MARGIN, (wide > high ? wide : high) * (1 + 2 * MARGIN) > SIDE_PX ? SIDE_PX : 0, &crop);
    if (status == KIN_OK) status = kin_image_write_memory(ctx, crop, "jpg", &bytes, &size);
    if (status == KIN_OK) text = kin_base64_write(bytes, size);
    if (text) kin_html_put(h, "<img src=\"data:image/jpeg;base64,%s\" alt=\"%s\" title=\"%s\"/>", text, what, what);
    bool shown = text != NULL;
    free(text);
    kin_image_bytes_free(ctx, bytes);
    kin_image_free(crop);
    return shown;
}

static void put_none(kin_html *h, const char *what)
{
    kin_html_put(h, "<span class=\"none\" title=\"%s\">no picture</span>", what);
}

void kin_html_face(kin_html *h, kin_gallery *home, int64_t face, const char *what)
{
    kin_context *ctx = h->app->ctx;
    kin_image   *kept = NULL;
    uint8_t     *bytes = NULL;
    size_t       size = 0;
    bool         shown = false;
    if (h->status == KIN_OK) h->status = kin_gallery_picture(home, face, &bytes, &size);
    if (h->status != KIN_OK) return;
    if (bytes && kin_image_read_memory(ctx, bytes, size, &kept) == KIN_OK) {
        float    side = (float)kin_image_width(kept), middle = side / 2, half = side / (1 + 2 * KIN_KEPT_MARGIN) / 2;
        kin_face inside = {.box = {middle - half, middle - half, middle + half, middle + half}};
        shown = put_image(h, kept, &inside, what);
    }
    if (!shown) put_none(h, what);
    kin_image_free(kept);
    kin_release(ctx, bytes);
}

void kin_html_photo(kin_html *h, const char *path, const kin_face *face)
{
    kin_image *photo = NULL;
    if (h->status != KIN_OK) return;
    if (kin_image_read(h->app->ctx, path, &photo) != KIN_OK || !put_image(h, photo, face, path)) put_none(h, path);
    kin_image_free(photo);
}
