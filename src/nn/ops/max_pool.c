/* SPDX-License-Identifier: Apache-2.0
 *
 * max_pool: the largest value of each window and channel; what lies outside of the picture does not count, nor does NaN
 * (-infinity where there is nothing else; TensorFlow Lite has the lowest float there).
 *
 * TensorFlow: MaxPool (Keras: MaxPooling2D, GlobalMaxPooling2D); TensorFlow Lite: MAX_POOL_2D
 * (lite/kernels/internal/reference/pooling.h).
 */
#include "nn/ops/pool.h"

static double of(const kin_pool_part *part)
{
    double largest = -INFINITY;
    for (int64_t r = 0; r < part->rows; r++)
        for (int64_t c = 0; c < part->columns; c++) {
            double v = part->x[r * part->row_step + c * part->column_step];
            if (v > largest) largest = v;
        }
    return largest;
}

/* All of it to the first of the largest cells (TensorFlow's MaxPoolGrad). */
static void give(const kin_pool_part *part, float dy, float *dx)
{
    double  largest = -INFINITY;
    int64_t first = 0;
    for (int64_t r = 0; r < part->rows; r++)
        for (int64_t c = 0; c < part->columns; c++) {
            int64_t at = r * part->row_step + c * part->column_step;
            if (part->x[at] > largest) largest = part->x[at], first = at;
        }
    dx[first] += dy;
}

static void backward(const kin_back *back)
{
    kin_pool_backward(back, back->call->in[0]->data, give);
}

KIN_POOL(max_pool, "largest value of each window; without a size, of the whole picture", 1)
