/* SPDX-License-Identifier: Apache-2.0
 *
 * Small faces in large pictures: the picture is looked at whole for faces of 40 pixels and more, and in overlapping tiles, twice
 * as large, for smaller ones. All tiles have one size, so one plan serves them and memory does not grow with the picture.
 */
#include <math.h>

#include "face/detect/turned.h"
#include "pixels/pixels.h"

/* A tile as the detector sees it; what is found in tiles is at most LARGEST pixels of the picture, for tiles overlap by
 * half as much again: each such face lies whole in one of them. */
enum { WHOLE_PX = 40, LARGEST_PX = 64, OVERLAP_PX = 96, VIEW_PX = 1024 };
/* The face that is wanted has so many pixels in the view, but for a factor of 2 at most: nothing is gained beyond. */
enum { WANTED_PX = 24, FACTOR_MAX = 2 };

/* A find that is cut by an inner edge is whole in the next tile. */
static bool cut_off(const kin_box *box, const double tile[4], const kin_image *picture)
{
    return (tile[0] > 0 && box->x0 < tile[0] + 1) || (tile[1] > 0 && box->y0 < tile[1] + 1) ||
           (tile[2] < picture->width && box->x1 > tile[2] - 1) || (tile[3] < picture->height && box->y1 > tile[3] - 1);
}

static void map_back(kin_face *face, const double tile[4], double sx, double sy)
{
    face->box = (kin_box){(float)(tile[0] + face->box.x0 * sx), (float)(tile[1] + face->box.y0 * sy),
                          (float)(tile[0] + face->box.x1 * sx), (float)(tile[1] + face->box.y1 * sy)};
    for (int i = 0; i < KIN_POINTS; i++)
        face->points[i] = (kin_point){(float)(tile[0] + face->points[i].x * sx), (float)(tile[1] + face->points[i].y * sy)};
}

/* Adds what is found in one tile; `view` is its enlarged copy, of fixed size. */
static kin_status look_at(kin_detector *detector, const kin_image *picture, const double tile[4], kin_image *view,
                          double min_face, float score, kin_finds *finds)
{
    double     sx = (tile[2] - tile[0]) / view->width, sy = (tile[3] - tile[1]) / view->height;
    kin_finds  seen = kin_finds_make(detector->ctx);
    kin_status status = kin_pixels_resize(detector->ctx, picture, tile, KIN_FILTER_TRIANGLE, view);
    if (status == KIN_OK) status = kin_detector_look(detector, view, min_face / fmax(sx, sy), score, &seen);
    for (size_t i = 0; status == KIN_OK && i < seen.count; i++) {
        kin_face *face = &seen.face[i];
        map_back(face, tile, sx, sy);
        if (kin_box_longer(&face->box) <= LARGEST_PX && !cut_off(&face->box, tile, picture)) status = kin_finds_add(finds, face);
    }
    kin_finds_free(&seen);
    return status;
}

/* Tiles along a side of `length` pixels, the last one moved back to end with the picture. */
static int tiles_along(int length, int tile)
{
    return length <= tile ? 1 : 1 + (length - tile + tile - OVERLAP_PX - 1) / (tile - OVERLAP_PX);
}

static int tile_start(int i, int count, int length, int tile)
{
    return i + 1 < count ? i * (tile - OVERLAP_PX) : length > tile ? length - tile : 0;
}

kin_status kin_tiles_find(kin_detector *detector, const kin_image *picture, double min_face, float score, kin_finds *finds)
{
    kin_context *ctx = detector->ctx;
    KIN_TRY(kin_detector_look(detector, picture, fmax(min_face, WHOLE_PX), score, finds));
    if (min_face >= WHOLE_PX) return KIN_OK;
    double factor = fmin(FACTOR_MAX, fmax(1, WANTED_PX / min_face));
    int    tile = (int)(VIEW_PX / factor), columns = tiles_along(picture->width, tile), rows = tiles_along(picture->height, tile);
    int    width = picture->width < tile ? picture->width : tile, height = picture->height < tile ? picture->height : tile;
    kin_image *view;
    KIN_TRY(kin_pixels_new(ctx, (int)lrint(width * factor), (int)lrint(height * factor), &view));
    kin_status status = KIN_OK;
    for (int k = 0; k < columns * rows && status == KIN_OK; k++) {
        double x = tile_start(k % columns, columns, picture->width, tile), y = tile_start(k / columns, rows, picture->height, tile);
        double part[4] = {x, y, x + width, y + height};
        if (kin_cancelled(ctx)) status = kin_fail(ctx, KIN_E_CANCELLED, "cancelled");
        if (status == KIN_OK) status = look_at(detector, picture, part, view, min_face, score, finds);
    }
    kin_image_free(view);
    kin_finds_suppress(finds, detector->card.nms > 0 ? detector->card.nms : KIN_FINDS_IOU);
    return status;
}
