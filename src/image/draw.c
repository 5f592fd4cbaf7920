/* SPDX-License-Identifier: Apache-2.0
 *
 * Boxes, points and names drawn with cairo. Each mark is drawn on a small canvas made of the pixels around it, so a large
 * photo is never copied.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cairo.h>

#include "base/text.h"
#include "image/draw.h"
#include "os/library.h"
#include "pixels/pixels.h"

#define LIBCAIRO(f) f(cairo_arc) f(cairo_create) f(cairo_destroy) f(cairo_fill_preserve)                  \
    f(cairo_image_surface_create_for_data) f(cairo_move_to) f(cairo_paint) f(cairo_rectangle)             \
    f(cairo_select_font_face) f(cairo_set_font_size) f(cairo_set_line_width) f(cairo_set_source_rgba)     \
    f(cairo_show_text) f(cairo_status) f(cairo_status_to_string) f(cairo_stroke) f(cairo_surface_destroy) \
    f(cairo_surface_finish) f(cairo_text_extents) f(cairo_translate)
KIN_LIBRARY(libcairo, KIN_CAIRO_FILE, LIBCAIRO)

enum { LABEL_BYTES = 128 };

/* A part of the picture as a cairo surface; coordinates on it are those of the picture. */
typedef struct {
    kin_image       *image;
    int              x, y, width, height;
    uint32_t        *pixels; /* 0x00RRGGBB, `width` a row */
    cairo_surface_t *surface;
    cairo_t         *cairo;
} canvas;

static void canvas_end(canvas *c, bool keep)
{
    if (c->cairo) libcairo.cairo_destroy(c->cairo);
    if (c->surface) {
        libcairo.cairo_surface_finish(c->surface);
        libcairo.cairo_surface_destroy(c->surface);
    }
    for (int y = 0; keep && y < c->height; y++) {
        const uint32_t *in = c->pixels + (size_t)y * (size_t)c->width;
        uint8_t        *out = kin_pixels_row(c->image, c->y + y) + (size_t)c->x * 3;
        for (int x = 0; x < c->width; x++, out += 3) {
            out[0] = (uint8_t)(in[x] >> 16);
            out[1] = (uint8_t)(in[x] >> 8);
            out[2] = (uint8_t)in[x];
        }
    }
    kin_release(c->image->ctx, c->pixels);
}

/* The canvas over x0..x1, y0..y1, cut at the picture's edges; c->width is 0 when nothing of it lies inside. */
static kin_status canvas_start(canvas *c, kin_image *image, double x0, double y0, double x1, double y1)
{
    *c = (canvas){.image = image};
    x0 = fmax(floor(x0), 0), y0 = fmax(floor(y0), 0);
    x1 = fmin(ceil(x1), image->width), y1 = fmin(ceil(y1), image->height);
    if (!(x0 < x1 && y0 < y1)) return KIN_OK;
    c->x = (int)x0, c->y = (int)y0, c->width = (int)(x1 - x0), c->height = (int)(y1 - y0);
    KIN_TRY(kin_alloc_zero(image->ctx, (size_t)c->width * (size_t)c->height, sizeof *c->pixels, &c->pixels));
    for (int y = 0; y < c->height; y++) {
        const uint8_t *in = kin_pixels_row(image, c->y + y) + (size_t)c->x * 3;
        uint32_t      *out = c->pixels + (size_t)y * (size_t)c->width;
        for (int x = 0; x < c->width; x++, in += 3)
            out[x] = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
    }
    c->surface = libcairo.cairo_image_surface_create_for_data((unsigned char *)c->pixels, CAIRO_FORMAT_RGB24, c->width,
                                                     c->height, c->width * 4);
    c->cairo = libcairo.cairo_create(c->surface);
    libcairo.cairo_translate(c->cairo, -c->x, -c->y);
    if (libcairo.cairo_status(c->cairo) == CAIRO_STATUS_SUCCESS) return KIN_OK;
    kin_status status = kin_fail(image->ctx, KIN_E_MEMORY, "cannot draw on %d x %d pixels: %s", c->width, c->height,
                                 libcairo.cairo_status_to_string(libcairo.cairo_status(c->cairo)));
    canvas_end(c, false);
    return status;
}

static void set_colour(cairo_t *cairo, uint32_t rgb, double alpha)
{
    libcairo.cairo_set_source_rgba(cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

/* Black or white, whichever is read better on `rgb` (weights of Rec. 709). */
static uint32_t ink_on(uint32_t rgb)
{
    double light = 0.2126 * (rgb >> 16 & 255) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
    return light > 128 ? 0x000000 : 0xFFFFFF;
}

/* Frame lines and letters grow with the picture, so that they are seen when it is looked at as a whole. */
static double line_width(const kin_image *image)
{
    return fmax(2, (image->width > image->height ? image->width : image->height) / 500.0);
}

/* A light line with a dark one around it is seen on any ground. */
static kin_status draw_box(kin_image *image, const kin_mark *mark, double line)
{
    const float *b = mark->box;
    canvas       c;
    KIN_TRY(canvas_start(&c, image, b[0] - 2 * line, b[1] - 2 * line, b[2] + 2 * line, b[3] + 2 * line));
    if (!c.width) return KIN_OK;
    for (int pass = 0; pass < 2; pass++) {
        set_colour(c.cairo, pass ? mark->colour : 0x000000, pass ? 1 : 0.5);
        libcairo.cairo_set_line_width(c.cairo, pass ? line : line * 2);
        libcairo.cairo_rectangle(c.cairo, b[0], b[1], b[2] - b[0], b[3] - b[1]);
        libcairo.cairo_stroke(c.cairo);
    }
    for (size_t i = 0; i < mark->point_count; i++) {
        libcairo.cairo_arc(c.cairo, mark->points[i][0], mark->points[i][1], line, 0, 2 * 3.14159265358979);
        set_colour(c.cairo, mark->colour, 1);
        libcairo.cairo_fill_preserve(c.cairo);
        set_colour(c.cairo, 0x000000, 0.5);
        libcairo.cairo_set_line_width(c.cairo, line / 2);
        libcairo.cairo_stroke(c.cairo);
    }
    canvas_end(&c, true);
    return KIN_OK;
}

static void use_font(cairo_t *cairo, double size)
{
    libcairo.cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    libcairo.cairo_set_font_size(cairo, size);
}

/* How wide a text is: asked on a canvas of one pixel. */
static kin_status measure(kin_image *image, const char *text, double size, double *width)
{
    canvas               c;
    cairo_text_extents_t extents;
    KIN_TRY(canvas_start(&c, image, 0, 0, 1, 1));
    use_font(c.cairo, size);
    libcairo.cairo_text_extents(c.cairo, text, &extents);
    *width = extents.x_advance;
    canvas_end(&c, false);
    return KIN_OK;
}

/* The name on a plate of the frame's colour: above the box, inside it where there is no room above. */
static kin_status draw_label(kin_image *image, const kin_mark *mark, double line)
{
    char text[LABEL_BYTES];
    kin_printable(mark->label, strlen(mark->label), text, sizeof text);
    double size = fmax(fmin(line * 9, fmax((mark->box[2] - mark->box[0]) / 4.0, 14)), 12), width;
    KIN_TRY(measure(image, text, size, &width));
    double plate_width = width + size * 0.6, plate_height = size * 1.35;
    double x = fmax(0, fmin(mark->box[0] - line / 2, image->width - plate_width));
    double y = mark->box[1] - line / 2 - plate_height;
    if (y < 0) y = fmax(0, mark->box[1]);
    canvas c;
    KIN_TRY(canvas_start(&c, image, x, y, x + plate_width, y + plate_height));
    if (!c.width) return KIN_OK;
    set_colour(c.cairo, mark->colour, 0.9);
    libcairo.cairo_paint(c.cairo);
    use_font(c.cairo, size);
    set_colour(c.cairo, ink_on(mark->colour), 1);
    libcairo.cairo_move_to(c.cairo, x + size * 0.3, y + size * 1.0);
    libcairo.cairo_show_text(c.cairo, text);
    canvas_end(&c, true);
    return KIN_OK;
}

static kin_status draw_mark(kin_image *image, const kin_mark *mark, double line)
{
    for (int i = 0; i < 4; i++)
        if (!(fabsf(mark->box[i]) < 1e7f))
            return kin_fail(image->ctx, KIN_E_USAGE, "draw: number %d of the box is %g", i, (double)mark->box[i]);
    KIN_TRY(draw_box(image, mark, line));
    return mark->label && *mark->label ? draw_label(image, mark, line) : KIN_OK;
}

/* The longest beginning of `text` that fits, "..." behind it where something is cut off. */
static kin_status shorten(kin_image *image, const char *text, double size, double most, char out[LABEL_BYTES])
{
    double width = 0;
    kin_printable(text, strlen(text), out, LABEL_BYTES);
    KIN_TRY(measure(image, out, size, &width));
    for (size_t n = strlen(out); width > most && n > 0;) {
        do n--;
        while (n > 0 && ((unsigned char)out[n] & 0xC0) == 0x80); /* not inside a character */
        snprintf(out + n, LABEL_BYTES - n, "...");
        KIN_TRY(measure(image, out, size, &width));
    }
    return KIN_OK;
}

kin_status kin_draw_text(kin_image *image, double x, double y, double size, double width, uint32_t colour, const char *text)
{
    char   shown[LABEL_BYTES];
    canvas c;
    KIN_TRY(kin_library_load(image->ctx, &libcairo_library));
    KIN_TRY(shorten(image, text, size, width, shown));
    KIN_TRY(canvas_start(&c, image, x, y - size, x + width, y + 0.4 * size));
    if (!c.width) return KIN_OK;
    use_font(c.cairo, size);
    set_colour(c.cairo, colour, 1);
    libcairo.cairo_move_to(c.cairo, x, y);
    libcairo.cairo_show_text(c.cairo, shown);
    canvas_end(&c, true);
    return KIN_OK;
}

kin_status kin_image_draw(kin_image *image, const kin_mark *marks, size_t count)
{
    kin_context *ctx = image->ctx;
    kin_enter(ctx);
    kin_status status = image->owned ? KIN_OK
                                     : kin_fail(ctx, KIN_E_USAGE, "these pixels belong to the caller: draw on a copy");
    if (status == KIN_OK) status = kin_library_load(ctx, &libcairo_library);
    for (size_t i = 0; i < count && status == KIN_OK; i++) status = draw_mark(image, &marks[i], line_width(image));
    kin_leave(ctx);
    return status;
}
