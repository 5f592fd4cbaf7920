/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's arithmetic with boxes, step by step as in facenet's detect_face.py, which has it from MATLAB: pixels are
 * counted from 1 and the last one belongs to the box.
 */
#include <math.h>
#include <stdlib.h>

#include "face/detect/mtcnn.h"

static const double factor = 0.709; /* from level to level: half the area */

size_t kin_mtcnn_scales(int width, int height, double min_face, double scale[KIN_MTCNN_LEVELS_MAX])
{
    const double first = KIN_MTCNN_CELL / min_face;
    double       shorter = (width < height ? width : height) * first;
    size_t       count = 0;
    for (; shorter >= KIN_MTCNN_CELL && count < KIN_MTCNN_LEVELS_MAX; count++) {
        scale[count] = first * pow(factor, (double)count);
        shorter *= factor;
    }
    return count;
}

void kin_mtcnn_cell_window(int column, int row, double scale, kin_window *window)
{
    window->x0 = trunc((KIN_MTCNN_STRIDE * (double)column + 1) / scale);
    window->y0 = trunc((KIN_MTCNN_STRIDE * (double)row + 1) / scale);
    window->x1 = trunc((KIN_MTCNN_STRIDE * (double)column + KIN_MTCNN_CELL) / scale);
    window->y1 = trunc((KIN_MTCNN_STRIDE * (double)row + KIN_MTCNN_CELL) / scale);
}

static double area(const kin_window *w)
{
    return (w->x1 - w->x0 + 1) * (w->y1 - w->y0 + 1);
}

/* fmin and fmax are calls, and pairs are many. */
static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

bool kin_mtcnn_overlap(const kin_window *a, const kin_window *b, double limit, bool smaller)
{
    double w = least(a->x1, b->x1) - most(a->x0, b->x0) + 1, h = least(a->y1, b->y1) - most(a->y0, b->y0) + 1;
    if (!(w > 0 && h > 0)) return false;
    double common = w * h, first = area(a), second = area(b);
    return !(common / (smaller ? least(first, second) : first + second - common) <= limit);
}

/* A stable sort by rising score, read from its end. */
static int better_first(const void *left, const void *right)
{
    const kin_window *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return (a->order < b->order) - (a->order > b->order);
}

size_t kin_mtcnn_suppress(kin_window *window, size_t count, double limit, bool smaller)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) window[i].order = (uint32_t)i;
    if (count > 1) qsort(window, count, sizeof *window, better_first);
    for (size_t i = 0; i < count && kept < KIN_MTCNN_WINDOWS_MAX; i++) {
        bool twice = false;
        for (size_t k = 0; k < kept && !twice; k++) twice = kin_mtcnn_overlap(&window[k], &window[i], limit, smaller);
        if (!twice) window[kept++] = window[i];
    }
    return kept;
}

void kin_mtcnn_regress(kin_window *w, int plus)
{
    double width = w->x1 - w->x0 + plus, height = w->y1 - w->y0 + plus;
    w->x0 += (double)w->move[0] * width;
    w->y0 += (double)w->move[1] * height;
    w->x1 += (double)w->move[2] * width;
    w->y1 += (double)w->move[3] * height;
}

void kin_mtcnn_square(kin_window *w)
{
    double width = w->x1 - w->x0, height = w->y1 - w->y0, side = fmax(width, height);
    w->x0 = w->x0 + width * 0.5 - side * 0.5;
    w->y0 = w->y0 + height * 0.5 - side * 0.5;
    w->x1 = w->x0 + side;
    w->y1 = w->y0 + side;
}

void kin_mtcnn_fix(kin_window *w)
{
    w->x0 = trunc(w->x0);
    w->y0 = trunc(w->y0);
    w->x1 = trunc(w->x1);
    w->y1 = trunc(w->y1);
}
