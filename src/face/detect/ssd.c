/* SPDX-License-Identifier: Apache-2.0
 *
 * Decoding "ssd": a single-shot detector with one map a stride, 15 numbers a cell, one guess a cell. For the cell in
 * column i, row j of stride s, whose middle is m = ((i + 0.5) s, (j + 0.5) s):
 *
 *     0       score, a logit
 *     1, 2    middle of the box = m + s (dx, dy)
 *     3, 4    its size = s (exp w, exp h)
 *     5..14   the five points = m + s (px, py): eyes left and right in the picture, nose, mouth corners left and right
 */
#include "face/detect/decode.h"

#include <math.h>

static kin_status check(kin_context *ctx, const kin_card *card)
{
    if (card->stride_count < 1 || card->stride_count > (int)(sizeof card->strides / sizeof *card->strides))
        return kin_fail(ctx, KIN_E_FORMAT, "card: output.strides: %d of them, expected 1 to 8", card->stride_count);
    for (int i = 0; i < card->stride_count; i++)
        if (card->strides[i] < 1 || card->multiple % card->strides[i])
            return kin_fail(ctx, KIN_E_FORMAT, "card: output.strides: %d is no divisor of input.multiple %d",
                            card->strides[i], card->multiple);
    return KIN_OK;
}

static kin_face read_cell(const float *cell, double x, double y, double s)
{
    double   middle_x = x + s * cell[1], middle_y = y + s * cell[2];
    double   half_w = 0.5 * s * exp(cell[3]), half_h = 0.5 * s * exp(cell[4]);
    kin_face face = {.score = (float)(1 / (1 + exp(-(double)cell[0])))};
    face.box = (kin_box){(float)(middle_x - half_w), (float)(middle_y - half_h), (float)(middle_x + half_w),
                         (float)(middle_y + half_h)};
    for (int k = 0; k < KIN_POINTS; k++)
        face.points[k] = (kin_point){(float)(x + s * cell[5 + 2 * k]), (float)(y + s * cell[6 + 2 * k])};
    return face;
}

kin_status kin_ssd_read_map(const float *map, int64_t rows, int64_t columns, int stride, float score, kin_finds *finds)
{
    /* Compared as logits, so that an exponential is taken of the few cells that count only. A hair below, then exactly:
     * rounding must not decide at the border. */
    double least = log(score / (1.0 - score)) - 1e-4;
    for (int64_t j = 0; j < rows; j++)
        for (int64_t i = 0; i < columns; i++, map += KIN_SSD_NUMBERS) {
            if (!(map[0] >= least)) continue;
            kin_face face = read_cell(map, ((double)i + 0.5) * stride, ((double)j + 0.5) * stride, stride);
            if (face.score >= score) KIN_TRY(kin_finds_add(finds, &face));
        }
    return KIN_OK;
}

/* Output number `i` when it is the map of `stride`, else NULL. */
static const float *map_of(const kin_plan *plan, size_t i, int64_t rows, int64_t columns)
{
    kin_shape s = kin_plan_output_shape(plan, i);
    bool      fits = kin_plan_output_type(plan, i) == KIN_FLOAT32 && s.rank == 4 && s.dim[0] == 1 && s.dim[1] == rows &&
                s.dim[2] == columns && s.dim[3] == KIN_SSD_NUMBERS;
    return fits ? kin_plan_output(plan, i) : NULL;
}

/* The maps are told apart by their size: files keep no order of outputs that one could rely on. */
static kin_status read(kin_context *ctx, const kin_card *card, const kin_graph *graph, const kin_plan *plan, int width,
                       int height, float score, kin_finds *finds)
{
    size_t outputs = kin_graph_outputs(graph);
    for (int k = 0; k < card->stride_count; k++) {
        int          stride = card->strides[k];
        int64_t      rows = height / stride, columns = width / stride;
        const float *map = NULL;
        for (size_t i = 0; i < outputs && !map; i++) map = map_of(plan, i, rows, columns);
        if (!map)
            return kin_fail(ctx, KIN_E_FORMAT,
                            "detector: no output is a map [1, %lld, %lld, %d] of float32, which the card's stride %d "
                            "gives for an input of %d x %d",
                            (long long)rows, (long long)columns, KIN_SSD_NUMBERS, stride, width, height);
        KIN_TRY(kin_ssd_read_map(map, rows, columns, stride, score, finds));
    }
    return KIN_OK;
}

const kin_decoding kin_decoding_ssd = {.name = "ssd", .check = check, .read = read};
