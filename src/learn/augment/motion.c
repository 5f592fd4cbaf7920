/* SPDX-License-Identifier: Apache-2.0
 *
 * The camera moves while the shutter is open: the mean of the picture along a straight way of x pixels in a direction that
 * chance draws. 7 across is the mean of seven neighbours. Between pixels the way is shared out bilinearly.
 */
#include <math.h>

#include "learn/augment/augment.h"
#include "learn/augment/convolve.h"

enum { REACH_MAX = 33, SIDE = 2 * REACH_MAX + 1 };

/* Adds a weight at a place between pixels. */
static void add(float grid[SIDE][SIDE], double x, double y, double weight)
{
    int    left = (int)floor(x), top = (int)floor(y);
    double fx = x - left, fy = y - top;
    for (int i = 0; i < 4; i++) {
        int    right = i & 1, low = i >> 1;
        double part = (right ? fx : 1 - fx) * (low ? fy : 1 - fy);
        if (part > 0) grid[top + low + REACH_MAX][left + right + REACH_MAX] += (float)(weight * part);
    }
}

kin_status kin_augment_motion(const kin_drawn *draw, kin_image *image)
{
    if (!(draw->x > 1)) return KIN_OK;
    kin_random random = draw->random;
    double     angle = 3.14159265358979323846 * kin_random_unit(&random), dx = cos(angle), dy = sin(angle);
    float      grid[SIDE][SIDE] = {{0}};
    int        points = (int)ceil(draw->x), reach = (int)ceil(0.5 * (draw->x - 1)) + 1;
    for (int i = 0; i < points; i++) {
        double at = (draw->x - 1) * ((double)i / (points - 1) - 0.5);
        add(grid, at * dx, at * dy, 1.0 / points);
    }
    kin_tap taps[4 * (2 * REACH_MAX + 1)];
    size_t  count = 0;
    for (int y = -reach; y <= reach; y++)
        for (int x = -reach; x <= reach; x++) {
            float weight = grid[y + REACH_MAX][x + REACH_MAX];
            if (weight > 0) taps[count++] = (kin_tap){x, y, weight};
        }
    return kin_convolve(image, taps, count, reach);
}
