/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes, points and names by cairo. The picture is drawn on in strips, so that a large photo needs no second copy.
 */
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "pixels/pixels.h"

enum { STRIP_ROWS = 256 };

typedef struct {
    double line, font; /* widths in pixels, by the picture's size */
} scale;

static void set_colour(cairo_t *cr, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0, alpha);
}

/* The name on a plate above the box, inside it where there is no room above. */
static void draw_label(cairo_t *cr, const kin_image *image, const kin_mark *mark, const scale *s)
{
    cairo_text_extents_t text;
    cairo_font_extents_t font;
    double               size = fmin(s->font, fmax(s->font * 0.6, (mark->box[2] - mark->box[0]) / 6.0));
    cairo_set_font_size(cr, size);
    cairo_text_extents(cr, mark->label, &text);
    cairo_font_extents(cr, &font);
    double pad = size * 0.3, width = text.x_advance + 2 * pad, height = font.ascent + font.descent + pad;
    double x = fmin(mark->box[0] - s->line / 2, image->width - width), y = mark->box[1] - height;
    if (x < 0) x = 0;
    if (y < 0) y = fmax(0, mark->box[1]);
    set_colour(cr, mark->colour, 0.9);
    cairo_rectangle(cr, x, y, width, height);
    cairo_fill(cr);
    set_colour(cr, 0xFFFFFF, 1);
    cairo_move_to(cr, x + pad, y + pad / 2 + font.ascent);
    cairo_show_text(cr, mark->label);
}

static void draw_mark(cairo_t *cr, const kin_image *image, const kin_mark *mark, const scale *s)
{
    set_colour(cr, mark->colour, 1);
    cairo_set_line_width(cr, s->line);
    cairo_rectangle(cr, mark->box[0], mark->box[1], mark->box[2] - mark->box[0], mark->box[3] - mark->box[1]);
    cairo_stroke(cr);
    for (size_t i = 0; i < mark->point_count; i++) {
        cairo_arc(cr, mark->points[i][0], mark->points[i][1], s->line * 1.2, 0, 6.283185307179586);
        cairo_fill(cr);
    }
    if (mark->label && *mark->label) draw_label(cr, image, mark, s);
}

/* cairo's RGB24: a native 32-bit word 0x00RRGGBB a pixel. */
static void to_words(const kin_image *image, int y0, int rows, unsigned char *data, int stride)
{
    for (int y = 0; y < rows; y++) {
        const uint8_t *p = kin_pixels_row(image, y0 + y);
        unsigned char *row = data + (ptrdiff_t)y * stride;
        for (int x = 0; x < image->width; x++, p += 3) {
            uint32_t word = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
            memcpy(row + 4 * (size_t)x, &word, sizeof word);
        }
    }
}

static void from_words(kin_image *image, int y0, int rows, const unsigned char *data, int stride)
{
    for (int y = 0; y < rows; y++) {
        uint8_t             *p = kin_pixels_row(image, y0 + y);
        const unsigned char *row = data + (ptrdiff_t)y * stride;
        for (int x = 0; x < image->width; x++, p += 3) {
            uint32_t word;
            memcpy(&word, row + 4 * (size_t)x, sizeof word);
            p[0] = (uint8_t)(word >> 16);
            p[1] = (uint8_t)(word >> 8);
            p[2] = (uint8_t)word;
        }
    }
}

static kin_status draw_strip(kin_image *image, int y0, int rows, cairo_surface_t *surface, const kin_mark *marks, size_t count,
                             const scale *s)
{
    unsigned char *data = cairo_image_surface_get_data(surface);
    int            stride = cairo_image_surface_get_stride(surface);
    to_words(image, y0, rows, data, stride);
    cairo_surface_mark_dirty(surface);
    cairo_t *cr = cairo_create(surface);
    cairo_translate(cr, 0, -y0);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    for (size_t i = 0; i < count; i++) draw_mark(cr, image, &marks[i], s);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    if (status != CAIRO_STATUS_SUCCESS) return kin_fail(image->ctx, KIN_E_MEMORY, "drawing: %s", cairo_status_to_string(status));
    from_words(image, y0, rows, data, stride);
    return KIN_OK;
}

static kin_status draw(kin_image *image, const kin_mark *marks, size_t count)
{
    if (!image->owned) return kin_fail(image->ctx, KIN_E_USAGE, "drawing on wrapped pixels: draw on a copy (kin_image_copy)");
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < 4; k++)
            if (!isfinite(marks[i].box[k])) return kin_fail(image->ctx, KIN_E_USAGE, "drawing: a box is not finite");
    int      longer = image->width > image->height ? image->width : image->height;
    scale    s = {fmax(2, longer / 400.0), fmax(13, longer / 50.0)};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, image->width, STRIP_ROWS);
    cairo_status_t   made = cairo_surface_status(surface);
    kin_status       status = made == CAIRO_STATUS_SUCCESS ? KIN_OK
                              : made == CAIRO_STATUS_NO_MEMORY
                                  ? kin_fail(image->ctx, KIN_E_MEMORY, "drawing: out of memory")
                                  : kin_fail(image->ctx, KIN_E_LIMIT, "drawing: a picture %d pixels wide: %s", image->width, cairo_status_to_string(made));
    for (int y0 = 0; status == KIN_OK && y0 < image->height; y0 += STRIP_ROWS) {
        int rows = image->height - y0 < STRIP_ROWS ? image->height - y0 : STRIP_ROWS;
        status = draw_strip(image, y0, rows, surface, marks, count, &s);
    }
    cairo_surface_destroy(surface);
    return status;
}

kin_status kin_image_draw(kin_image *image, const kin_mark *marks, size_t count)
{
    if (!count) return KIN_OK;
    kin_enter(image->ctx);
    kin_status status = draw(image, marks, count);
    kin_leave(image->ctx);
    return status;
}
