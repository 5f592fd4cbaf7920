/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks built by hand whose answers are known, so that everything around a network can be tested without a model.
 */
#ifndef KIN_TESTS_FACE_FAKE_H
#define KIN_TESTS_FACE_FAKE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "face/card.h"
#include "kin/model.h"
#include "pixels/pixels.h"

#define SHAPE(...) kin_shape_of((int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

static inline kin_shape kin_shape_of(const int64_t *dim, size_t rank)
{
    kin_shape shape = {.rank = (int)rank};
    memcpy(shape.dim, dim, rank * sizeof *dim);
    return shape;
}

/* --- a detector that sees white pixels --- */

enum { FAKE_STRIDES = 3, FAKE_NUMBERS = 15 };
static const int fake_strides[FAKE_STRIDES] = {8, 16, 32};

/* One convolution 1x1 a stride: cell (i, j) looks at the pixel (i s, j s) of its input. A white one gives a face with
 * the given numbers (score logit 12 when white, -12 when black) at stride 8; the other strides never fire. */
static inline kin_status fake_detector_graph(kin_context *ctx, const float numbers[FAKE_NUMBERS], kin_graph **out)
{
    kin_graph *graph;
    KIN_TRY(kin_graph_new(ctx, &graph));
    int        x, weights, bias, y[FAKE_STRIDES];
    kin_status status = kin_graph_add_tensor(graph, "picture", KIN_FLOAT32, SHAPE(1, 320, 320, 3), NULL, &x);
    for (int k = 0; k < FAKE_STRIDES && status == KIN_OK; k++) {
        static const char *const attributes[FAKE_STRIDES] = {"stride=8,8", "stride=16,16", "stride=32,32"};
        float                    w[FAKE_NUMBERS * 3] = {0}, b[FAKE_NUMBERS];
        memcpy(b, numbers, sizeof b);
        b[0] = k == 0 ? -12 : -30;
        w[0] = w[1] = w[2] = k == 0 ? 24 / (3 * 255.0f) : 0;
        status = kin_graph_add_tensor(graph, "w", KIN_FLOAT32, SHAPE(FAKE_NUMBERS, 1, 1, 3), w, &weights);
        if (status == KIN_OK)
            status = kin_graph_add_tensor(graph, "b", KIN_FLOAT32, SHAPE(FAKE_NUMBERS), b, &bias);
        if (status == KIN_OK)
            status = kin_graph_add_op(graph, "conv2d", NULL, attributes[k], (int[]){x, weights, bias}, 3, &y[k], 1);
    }
    if (status == KIN_OK) status = kin_graph_set_inputs(graph, &x, 1);
    /* In another order than the card's strides. */
    if (status == KIN_OK) status = kin_graph_set_outputs(graph, (int[]){y[2], y[0], y[1]}, FAKE_STRIDES);
    if (status == KIN_OK)
        *out = graph;
    else
        kin_graph_free(graph);
    return status;
}

static inline kin_card fake_detector_card(void)
{
    return (kin_card){.kind = KIN_CARD_DETECTOR,
                      .name = "fake",
                      .version = "",
                      .licence = "",
                      .training = "",
                      .results = "",
                      .credit = "",
                      .scale = {1, 1, 1},
                      .multiple = 32,
                      .decode = "ssd",
                      .strides = {8, 16, 32},
                      .stride_count = 3,
                      .score = 0.5f,
                      .nms = 0.45f,
                      .smallest_face_px = 12,
                      .largest_face_px = 250,
                      .longer_side_px = 640};
}

/* --- an embedder whose vector is a weighted sum of all pixels --- */

enum { FAKE_SIDE = 12, FAKE_WIDTH = 5, FAKE_WEIGHTS = FAKE_WIDTH * FAKE_SIDE * FAKE_SIDE * 3 };

static inline float fake_weight(size_t i)
{
    return (float)((i * 2654435761u >> 7) % 2001) / 1000 - 1;
}

static inline kin_status fake_embedder_graph(kin_context *ctx, kin_graph **out)
{
    kin_graph *graph;
    KIN_TRY(kin_graph_new(ctx, &graph));
    int          x, weights, y;
    static float w[FAKE_WEIGHTS];
    for (size_t i = 0; i < FAKE_WEIGHTS; i++) w[i] = fake_weight(i);
    kin_status status = kin_graph_add_tensor(graph, "crop", KIN_FLOAT32, SHAPE(1, FAKE_SIDE, FAKE_SIDE, 3), NULL, &x);
    if (status == KIN_OK)
        status = kin_graph_add_tensor(graph, "w", KIN_FLOAT32, SHAPE(FAKE_WIDTH, FAKE_SIDE, FAKE_SIDE, 3), w, &weights);
    if (status == KIN_OK)
        status = kin_graph_add_op(graph, "conv2d", NULL, "padding=valid", (int[]){x, weights}, 2, &y, 1);
    if (status == KIN_OK) status = kin_graph_set_inputs(graph, &x, 1);
    if (status == KIN_OK) status = kin_graph_set_outputs(graph, &y, 1);
    if (status == KIN_OK)
        *out = graph;
    else
        kin_graph_free(graph);
    return status;
}

static inline kin_card fake_embedder_card(void)
{
    kin_card card = {.kind = KIN_CARD_EMBEDDER,
                     .name = "fake",
                     .version = "",
                     .licence = "",
                     .training = "",
                     .results = "",
                     .credit = "",
                     .width = FAKE_SIDE,
                     .height = FAKE_SIDE,
                     .mean = {127.5f, 120, 110},
                     .scale = {128, 127, 126},
                     .align = KIN_ALIGN_FIVE_POINTS,
                     .decode = "embedding",
                     .normalise = true,
                     .mirror = true};
    static const float points[KIN_CARD_POINTS][2] = {{4, 5}, {8, 5}, {6, 7}, {4.5f, 9}, {7.5f, 9}};
    memcpy(card.points, points, sizeof points);
    return card;
}

/* --- pictures --- */

static inline kin_image *fake_picture(kin_context *ctx, int width, int height, int grey)
{
    kin_image *image = NULL;
    if (kin_pixels_new(ctx, width, height, &image) != KIN_OK) return NULL;
    for (int y = 0; y < height; y++) memset(kin_pixels_row(image, y), grey, 3 * (size_t)width);
    return image;
}

static inline void fake_block(kin_image *image, int x0, int y0, int x1, int y1, int grey)
{
    for (int y = y0 < 0 ? 0 : y0; y < y1 && y < image->height; y++)
        for (int x = x0 < 0 ? 0 : x0; x < x1 && x < image->width; x++) memset(kin_pixels_row(image, y) + 3 * x, grey, 3);
}

static inline kin_image *fake_noise(kin_context *ctx, int width, int height)
{
    kin_image *image = fake_picture(ctx, width, height, 0);
    if (!image) return NULL;
    uint32_t state = 1;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < 3 * width; x++) kin_pixels_row(image, y)[x] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
    return image;
}

#endif
