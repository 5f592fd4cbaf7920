/* SPDX-License-Identifier: Apache-2.0
 *
 * Crops as cards want them.
 */
#include "face/crop.h"

#include <math.h>

#include "face/align.h"

kin_status kin_crop_check(kin_context *ctx, const kin_card *card)
{
    enum { SIDE_MAX = 4096 };
    if (card->width < 1 || card->height < 1 || card->width > SIDE_MAX || card->height > SIDE_MAX)
        return kin_fail(ctx, KIN_E_FORMAT, "card: input: %d x %d, expected 1 to %d", card->width, card->height, SIDE_MAX);
    for (int i = 0; i < 3; i++)
        if (!isfinite(card->mean[i]) || !isfinite(card->scale[i]) || card->scale[i] == 0)
            return kin_fail(ctx, KIN_E_FORMAT, "card: input.mean, input.scale: not usable numbers");
    if (card->resize == KIN_RESIZE_AREA)
        return kin_fail(ctx, KIN_E_UNSUPPORTED, "card: input.resize: area, expected antialias or bilinear");
    if (card->align == KIN_ALIGN_MARGIN && !(card->margin >= 0 && card->margin <= 10))
        return kin_fail(ctx, KIN_E_FORMAT, "card: input.margin: %g, expected 0 to 10", card->margin);
    return KIN_OK;
}

/* *picture = itself turned so that a face that stands turned by `degrees` is upright. */
static kin_status turn_upright(kin_context *ctx, kin_image **picture, int degrees)
{
    kin_image *in = *picture, *out;
    int        orientation = degrees == 90 ? 8 : degrees == 180 ? 3 : 6;
    bool       swaps = kin_orientation_swaps(orientation);
    kin_status status = kin_pixels_new(ctx, swaps ? in->height : in->width, swaps ? in->width : in->height, &out);
    if (status == KIN_OK) kin_pixels_turn_rows(in->data, in->stride, 0, in->height, in->width, in->height, orientation, out);
    kin_image_free(in);
    *picture = status == KIN_OK ? out : NULL;
    return status;
}

kin_status kin_crop_square(kin_context *ctx, const kin_image *picture, const kin_face *face, double margin, int width,
                           int height, kin_image **out)
{
    const kin_box *box = &face->box;
    double         w = (double)box->x1 - box->x0, h = (double)box->y1 - box->y0;
    double         side = fmax(w, h) * (1 + 2 * margin);
    *out = NULL;
    if (!(w > 0 && h > 0) || !isfinite(side)) return kin_fail(ctx, KIN_E_USAGE, "a face's box is empty");
    if (!width) {
        if (side > KIN_PIXELS_SIDE_MAX) return kin_fail(ctx, KIN_E_LIMIT, "a crop of %.0f pixels is too large", side);
        width = height = side < 1 ? 1 : (int)lrint(side);
    }
    double x = 0.5 * ((double)box->x0 + box->x1), y = 0.5 * ((double)box->y0 + box->y1);
    bool   swaps = face->turned % 180 != 0;
    KIN_TRY(kin_align_box(ctx, picture, x - 0.5 * side, y - 0.5 * side, side, side, swaps ? height : width, swaps ? width : height, out));
    return face->turned ? turn_upright(ctx, out, face->turned) : KIN_OK;
}

kin_status kin_crop_for(kin_context *ctx, const kin_card *card, const kin_image *picture, const kin_face *face,
                        kin_image **out)
{
    kin_point template[KIN_POINTS];
    *out = NULL;
    switch (card->align) {
    case KIN_ALIGN_FIVE_POINTS:
        for (int i = 0; i < KIN_POINTS; i++) template[i] = (kin_point){card->points[i][0], card->points[i][1]};
        return kin_align_crop(ctx, picture, face, template, card->width, card->height, out);
    case KIN_ALIGN_MARGIN: return kin_crop_square(ctx, picture, face, card->margin, card->width, card->height, out);
    case KIN_ALIGN_NONE: break;
    }
    return kin_fail(ctx, KIN_E_UNSUPPORTED,
                    "card: input.align: says not how a face is cut out for this model; it takes crops only");
}

static kin_feed feed_of(const kin_card *card)
{
    return (kin_feed){.bgr = card->bgr,
                      .mean = {card->mean[0], card->mean[1], card->mean[2]},
                      .scale = {card->scale[0], card->scale[1], card->scale[2]}};
}

kin_status kin_crop_middle(kin_context *ctx, const kin_image *picture, kin_image **out)
{
    const float part = 0.6f;
    int         width = picture->width, height = picture->height;
    float       side = fmaxf(1, roundf((float)(width < height ? width : height) * part));
    float       x = floorf(((float)width - side) / 2), y = floorf(((float)height - side) / 2);
    return kin_crop_square(ctx, picture, &(kin_face){.box = {x, y, x + side, y + side}}, 0, 0, 0, out);
}

/* TensorFlow's numbers between the levels, rounded. */
static kin_status fit_as_tensorflow(kin_context *ctx, const kin_image *picture, kin_image *out)
{
    const kin_feed plain = {.scale = {1, 1, 1}};
    size_t         row = (size_t)out->width * 3;
    float         *x;
    KIN_TRY(kin_alloc_zero(ctx, row * (size_t)out->height, sizeof *x, &x));
    kin_pixels_to_tensor_tf(picture, KIN_TF_HALF_PIXEL, &plain, out->width, out->height, x);
    for (int y = 0; y < out->height; y++)
        for (size_t i = 0; i < row; i++) kin_pixels_row(out, y)[i] = (uint8_t)(x[(size_t)y * row + i] + 0.5f);
    kin_release(ctx, x);
    return KIN_OK;
}

kin_status kin_crop_fit(kin_context *ctx, const kin_card *card, const kin_image *picture, kin_image **out)
{
    *out = NULL;
    KIN_TRY(kin_pixels_new(ctx, card->width, card->height, out));
    kin_status status = card->resize == KIN_RESIZE_TENSORFLOW ? fit_as_tensorflow(ctx, picture, *out)
                                                              : kin_pixels_resize(ctx, picture, NULL, KIN_FILTER_TRIANGLE, *out);
    if (status == KIN_OK) return KIN_OK;
    kin_image_free(*out);
    *out = NULL;
    return status;
}

kin_status kin_crop_feed(kin_context *ctx, const kin_card *card, const kin_image *crop, float *x)
{
    kin_feed feed = feed_of(card);
    if (crop->width == card->width && crop->height == card->height) {
        kin_pixels_to_tensor(crop, &feed, card->width, card->height, 0, x);
        return KIN_OK;
    }
    if (card->resize == KIN_RESIZE_TENSORFLOW) {
        kin_pixels_to_tensor_tf(crop, KIN_TF_HALF_PIXEL, &feed, card->width, card->height, x);
        return KIN_OK;
    }
    kin_image *fitting;
    KIN_TRY(kin_crop_fit(ctx, card, crop, &fitting));
    kin_pixels_to_tensor(fitting, &feed, card->width, card->height, 0, x);
    kin_image_free(fitting);
    return KIN_OK;
}
