/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting a crowd, person by person.
 */
#include "gallery/crowd.h"

#include <math.h>
#include <string.h>

kin_count kin_count_begin(size_t width, double *all)
{
    memset(all, 0, width * sizeof *all);
    return (kin_count){.width = width, .all = all};
}

double kin_count_add(kin_count *c, const float *rows, size_t count, size_t stride, double *sum)
{
    double square = 0;
    memset(sum, 0, c->width * sizeof *sum);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < c->width; k++) sum[k] += (double)rows[i * stride + k];
    for (size_t k = 0; k < c->width; k++) {
        square += sum[k] * sum[k];
        c->all[k] += sum[k];
    }
    c->within += square;
    c->pairs_within += (double)count * (double)count;
    c->rows += count;
    c->people += count > 0;
    c->means += count > 1;
    return sqrt(square);
}

kin_crowd kin_count_end(const kin_count *c)
{
    double between = -c->within, pairs = (double)c->rows * (double)c->rows - c->pairs_within;
    for (size_t k = 0; k < c->width; k++) between += c->all[k] * c->all[k];
    return (kin_crowd){c->rows + c->means, c->people, pairs > 0 ? between / pairs : (double)NAN};
}
