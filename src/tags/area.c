/* SPDX-License-Identifier: Apache-2.0
 *
 * Areas: turned with the picture, compared, given to faces. And the list of regions.
 */
#include <math.h>
#include <string.h>

#include "tags/tags.h"

/* pixels/turn.c has the same table for pixels. */
kin_area kin_area_upright(kin_area a, int orientation)
{
    kin_area b = a;
    if (orientation >= 5) b = (kin_area){a.y0, a.x0, a.y1, a.x1};
    const bool flip_x = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const bool flip_y = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    return (kin_area){flip_x ? 1 - b.x1 : b.x0, flip_y ? 1 - b.y1 : b.y0, flip_x ? 1 - b.x0 : b.x1, flip_y ? 1 - b.y0 : b.y1};
}

/* The two quarter turns undo each other, the others themselves. */
kin_area kin_area_stored(kin_area upright, int orientation)
{
    return kin_area_upright(upright, orientation == 6 ? 8 : orientation == 8 ? 6 : orientation);
}

static bool alike(double w, double h, double width, double height)
{
    const double wide = w * height, high = h * width;
    return fabs(wide - high) <= 0.01 * fmax(wide, high);
}

kin_areas_frame kin_areas_frame_of(double width, double height, int upright_width, int upright_height, int orientation)
{
    const bool   swaps = orientation >= 5;
    const double w = upright_width, h = upright_height;
    if (width == 0 || alike(width, height, swaps ? h : w, swaps ? w : h)) return KIN_AREAS_STORED;
    return swaps && alike(width, height, w, h) ? KIN_AREAS_UPRIGHT : KIN_AREAS_OTHER;
}

bool kin_area_valid(kin_area a)
{
    return a.x0 >= -10 && a.y0 >= -10 && a.x1 <= 10 && a.y1 <= 10 && a.x0 < a.x1 && a.y0 < a.y1 && a.x0 < 1 && a.y0 < 1 &&
           a.x1 > 0 && a.y1 > 0;
}

double kin_area_overlap(kin_area a, kin_area b)
{
    const double w = fmin(a.x1, b.x1) - fmax(a.x0, b.x0), h = fmin(a.y1, b.y1) - fmax(a.y0, b.y0);
    if (!(w > 0) || !(h > 0)) return 0;
    return w * h / ((a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - w * h);
}

static bool middle_inside(kin_area a, kin_area b)
{
    const double x = (a.x0 + a.x1) / 2, y = (a.y0 + a.y1) / 2;
    return x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1;
}

/* A face in a box ten times its size is not what the box is about. */
static const double least_overlap = 0.1, enough_overlap = 0.4;

static double likeness(kin_area a, kin_area b)
{
    const double overlap = kin_area_overlap(a, b);
    const bool   middles = middle_inside(a, b) && middle_inside(b, a);
    return overlap >= enough_overlap || (middles && overlap >= least_overlap) ? overlap : 0;
}

void kin_areas_match(const kin_area *region, size_t regions, const kin_area *face, size_t faces, bool *taken, size_t *face_of)
{
    for (size_t r = 0; r < regions; r++) face_of[r] = SIZE_MAX;
    for (;;) {
        double best = 0;
        size_t best_region = 0, best_face = 0;
        for (size_t r = 0; r < regions; r++)
            for (size_t f = 0; face_of[r] == SIZE_MAX && f < faces; f++) {
                const double like = taken[f] ? 0 : likeness(region[r], face[f]);
                if (like > best) best = like, best_region = r, best_face = f;
            }
        if (best == 0) return;
        face_of[best_region] = best_face;
        taken[best_face] = true;
    }
}

/* --- the list --- */

void kin_regions_free(kin_regions *list)
{
    for (size_t i = 0; i < list->count; i++) kin_release(list->ctx, list->region[i].name);
    kin_release(list->ctx, list->region);
    *list = (kin_regions){list->ctx, NULL, 0, 0};
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

kin_status kin_regions_add(kin_regions *list, kin_region_kind kind, const char *name, size_t length, kin_area area,
                           double width, double height)
{
    length = strnlen(name, length);
    while (length && blank(name[0])) name++, length--;
    while (length && blank(name[length - 1])) length--;
    if (list->count == list->room) {
        size_t more = list->room ? list->room * 2 : 8;
        KIN_TRY(kin_realloc(list->ctx, &list->region, more * sizeof *list->region));
        list->room = more;
    }
    kin_region *r = &list->region[list->count];
    *r = (kin_region){.area = area, .kind = kind, .width = width, .height = height};
    KIN_TRY(kin_copy_string(list->ctx, name, length, &r->name));
    list->count++;
    return KIN_OK;
}
