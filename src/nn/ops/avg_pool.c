/* SPDX-License-Identifier: Apache-2.0
 *
 * avg_pool: the mean of each window and channel over the part that lies in the picture.
 *
 * TensorFlow: AvgPool (Keras: AveragePooling2D, GlobalAveragePooling2D); TensorFlow Lite: AVERAGE_POOL_2D
 * (lite/kernels/internal/reference/pooling.h).
 */
#include "nn/ops/pool.h"

static double of(const kin_pool_part *part)
{
    double sum = 0;
    for (int64_t r = 0; r < part->rows; r++)
        for (int64_t c = 0; c < part->columns; c++) sum += part->x[r * part->row_step + c * part->column_step];
    return sum / (double)(part->rows * part->columns);
}

/* An equal share to each cell that counted. */
static void give(const kin_pool_part *part, float dy, float *dx)
{
    float share = (float)(dy / (double)(part->rows * part->columns));
    for (int64_t r = 0; r < part->rows; r++)
        for (int64_t c = 0; c < part->columns; c++) dx[r * part->row_step + c * part->column_step] += share;
}

static void backward(const kin_back *back)
{
    kin_pool_backward(back, back->dx[0]->data, give); /* x is not read: any numbers do */
}

KIN_POOL(avg_pool, "mean of each window over its part in the picture; without a size, of the whole picture", 0)
