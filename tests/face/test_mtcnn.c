/* SPDX-License-Identifier: Apache-2.0
 *
 * MTCNN's cascade around networks built by hand that see bright squares: tiles and workers give the same answer, outputs of
 * wrong shapes are refused by name, memory and cancelling.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "face/detect/detect.h"
#include "face/fake.h"
#include "support/context.h"
#include "support/oom.h"

typedef struct {
    int score, box, points; /* numbers of each output; 0: left out */
    int stride;             /* of P-Net's pool */
    float wild;             /* points are so many times as far away; 0: once */
} form;

static const form good[KIN_MTCNN_NETWORKS] = {{2, 4, 0, 2, 0}, {2, 4, 0, 0, 0}, {2, 4, 10, 0, 0}};

/* Adds a convolution of side x side whose output `first` weighs all inputs by `weight`; all others are `bias`. */
static kin_status convolve(kin_graph *graph, int x, int side, int in, int out, float weight, const float *bias, int *y)
{
    float      *w = calloc((size_t)(out * side * side * in), sizeof *w);
    int         in_id[3] = {x};
    const char *valid = "padding=valid";
    for (int i = 0; i < side * side * in; i++) w[(out > 1 ? side * side * in : 0) + i] = weight;
    kin_status status = kin_graph_add_tensor(graph, "w", KIN_FLOAT32, SHAPE(out, side, side, in), w, &in_id[1]);
    if (status == KIN_OK) status = kin_graph_add_tensor(graph, "b", KIN_FLOAT32, SHAPE(out), bias, &in_id[2]);
    if (status == KIN_OK) status = kin_graph_add_op(graph, "conv2d", NULL, valid, in_id, 3, y, 1);
    free(w);
    return status;
}

/* Mean brightness of what the network sees, from -1 to 1, in one channel; heads on it. P-Net sees 12 pixels every 2. */
static kin_status build(kin_context *own, int network, form f, kin_graph **out)
{
    static const float still[10] = {0}, doubt[3] = {0, -18, 0};
    float              points[10] = {0.3f, 0.7f, 0.5f, 0.35f, 0.65f, 0.4f, 0.4f, 0.6f, 0.8f, 0.8f};
    const int          side = network == KIN_PNET ? 12 : network == KIN_RNET ? 24 : 48;
    kin_graph         *graph;
    int                x, y, head, ends[3], count = 0;
    for (int k = 0; k < 10 && f.wild != 0; k++) points[k] *= f.wild;
    KIN_TRY(kin_graph_new(own, &graph));
    kin_status status = kin_graph_add_tensor(graph, "picture", KIN_FLOAT32, SHAPE(1, side, side, 3), NULL, &x);
    int        input = x;
    if (network == KIN_PNET) {
        if (status == KIN_OK) status = convolve(graph, x, 3, 3, 1, 1 / 27.0f, still, &y);
        const char *pool = f.stride == 2 ? "size=2,2 stride=2,2 padding=same" : "size=2,2 stride=4,4 padding=same";
        if (status == KIN_OK) status = kin_graph_add_op(graph, "max_pool", NULL, pool, &y, 1, &x, 1);
    }
    /* bright all over: logit 20 - 18 and a little for a score under 1, so that the middle of a square is the best */
    const int seen = network == KIN_PNET ? 5 : side, in = network == KIN_PNET ? 1 : 3;
    if (status == KIN_OK && f.box) status = convolve(graph, x, seen, in, f.box, 0, still, &ends[count++]);
    if (status == KIN_OK && f.points) status = convolve(graph, x, seen, in, f.points, 0, points, &ends[count++]);
    if (status == KIN_OK && f.score) status = convolve(graph, x, seen, in, f.score, 20.0f / (float)(seen * seen * in), doubt, &head);
    if (status == KIN_OK && f.score) status = kin_graph_add_op(graph, "softmax", NULL, "", &head, 1, &ends[count++], 1);
    if (status == KIN_OK) status = kin_graph_set_inputs(graph, &input, 1);
    if (status == KIN_OK) status = kin_graph_set_outputs(graph, ends, (size_t)count);
    if (status == KIN_OK)
        *out = graph;
    else
        kin_graph_free(graph);
    return status;
}

static kin_status make(kin_context *own, const form form_of[KIN_MTCNN_NETWORKS], kin_detector **out)
{
    kin_graph *graph[KIN_MTCNN_NETWORKS] = {NULL};
    for (int k = 0; k < KIN_MTCNN_NETWORKS; k++) {
        kin_status status = build(own, k, form_of[k], &graph[k]);
        if (status == KIN_OK) continue;
        for (int i = 0; i < k; i++) kin_graph_free(graph[i]);
        return status;
    }
    return kin_detector_new_mtcnn(own, graph, out);
}

static kin_detector *make_good(kin_context *own)
{
    kin_detector *detector;
    if (make(own, good, &detector) != KIN_OK) fail_msg("%s", kin_error(own));
    return detector;
}

static kin_faces find(kin_detector *detector, const kin_image *picture, float min_face)
{
    kin_faces faces;
    if (kin_detect(detector, picture, &(kin_detect_options){.min_face_px = min_face}, &faces) != KIN_OK)
        fail_msg("%s", kin_error(detector->ctx));
    return faces;
}

/* A splitter over three threads. */
typedef struct {
    kin_task      task;
    void         *arg;
    size_t        count;
    atomic_size_t next, number;
} crowd;

static void *pull(void *arg)
{
    crowd *c = arg;
    size_t number = atomic_fetch_add(&c->number, 1);
    for (size_t i; (i = atomic_fetch_add(&c->next, 1)) < c->count;) c->task(c->arg, i, number);
    return NULL;
}

static void run_three(kin_splitter *self, kin_task task, void *arg, size_t count)
{
    crowd     c = {.task = task, .arg = arg, .count = count};
    pthread_t thread[3];
    for (size_t i = 0; i < self->width; i++) assert_int_equal(pthread_create(&thread[i], NULL, pull, &c), 0);
    for (size_t i = 0; i < self->width; i++) pthread_join(thread[i], NULL);
}
static kin_splitter three = {3, run_three};

static void test_a_bright_square(void **state)
{
    (void)state;
    kin_detector *detector = make_good(&ctx);
    kin_image    *picture = fake_picture(&ctx, 230, 170, 0);
    fake_block(picture, 120, 60, 160, 100, 255);
    kin_faces faces = find(detector, picture, 20);
    assert_int_equal(faces.count, 1);
    const kin_face *f = faces.face;
    const float     side = f->box.x1 - f->box.x0 + 1;
    assert_true(f->box.x0 > 117 && f->box.y0 > 57 && f->box.x1 < 164 && f->box.y1 < 104 && side > 15);
    assert_true(f->score > 0.7f && f->score < 1);
    assert_float_equal(f->points[KIN_LEFT_EYE].x, 0.3f * side + f->box.x0 - 1, 1e-3); /* the last regression moved nothing */
    assert_float_equal(f->points[KIN_RIGHT_EYE].x, 0.7f * side + f->box.x0 - 1, 1e-3);
    assert_float_equal(f->points[KIN_MOUTH_LEFT].y, 0.8f * side + f->box.y0 - 1, 1e-3);
    kin_faces_free(&faces);
    fake_block(picture, 0, 0, 230, 170, 0);
    faces = find(detector, picture, 20);
    assert_int_equal(faces.count, 0);
    kin_image_free(picture);
    kin_image *tiny = fake_picture(&ctx, 9, 300, 255);
    faces = find(detector, tiny, 20); /* no window fits */
    assert_int_equal(faces.count, 0);
    kin_image_free(tiny);
    kin_detector_free(detector);
}

static void fill(const kin_image *picture, int width, int height, float *x)
{
    kin_mtcnn_view view = {.in = picture, .width = picture->width, .height = picture->height, .out_width = width,
                           .out_height = height, .bytes = true};
    for (int at = 0; at < width; at += 100)
        kin_mtcnn_resample(&view, at, 0, width - at < 100 ? width - at : 100, height, x + 3 * at * height);
}

/* What the first level of a picture must propose: P-Net over the level as a whole, all pairs compared. */
static size_t propose_whole(kin_detector *detector, const kin_image *picture, double scale, kin_window **out)
{
    const int  width = (int)ceil(picture->width * scale), height = (int)ceil(picture->height * scale);
    const int  columns = kin_mtcnn_cells(width), rows = kin_mtcnn_cells(height);
    size_t     fired = 0;
    kin_plan  *plan;
    kin_shape  shape = SHAPE(1, width, height, 3);
    *out = calloc((size_t)(columns * rows), sizeof **out);
    assert_int_equal(kin_plan_new(detector->part[KIN_PNET], &shape, &plan), KIN_OK);
    fill(picture, width, height, kin_plan_input(plan, 0));
    assert_int_equal(kin_plan_run(plan), KIN_OK);
    const float *score = kin_plan_output(plan, 1); /* behind the box */
    for (int c = 0; c < columns; c++)
        for (int r = 0; r < rows; r++, score += 2) {
            kin_window *w = &(*out)[fired];
            w->score = kin_mtcnn_score(score);
            if (!(w->score >= 0.6f)) continue;
            kin_mtcnn_cell_window(c, r, scale, w);
            fired++;
        }
    kin_plan_free(plan);
    assert_true(fired > 20);
    return kin_mtcnn_suppress(*out, fired, 0.5, false);
}

/* Levels that are cut into tiles, of sides even and odd, one of them enlarged (many cells share a pixel then). */
static void test_tiles(void **state)
{
    (void)state;
    static const struct {
        int    width, height;
        double min_face;
    } cases[] = {{417, 230, 12}, {418, 233, 12}, {611, 251, 12}, {160, 100, 5}, {150, 85, 4}};
    kin_detector *detector = make_good(&ctx);
    for (size_t s = 0; s < sizeof cases / sizeof *cases; s++) {
        kin_image *picture = fake_picture(&ctx, cases[s].width, cases[s].height, 90);
        for (int k = 0; k < 300; k++) {
            const int x = k * 97 % picture->width, y = k * 61 % picture->height, side = (int)cases[s].min_face + k % 9;
            fake_block(picture, x, y, x + side, y + side, 150 + k % 100);
        }
        for (int x = 0; x < picture->width; x++) fake_block(picture, x, 40, x + 1, 75, 244 + x * 7 % 12); /* across all tiles */
        for (int y = 0; y < picture->height; y++) fake_block(picture, 60, y, 90, y + 1, 244 + y * 5 % 12);
        kin_window *found, *expected;
        size_t      count, least = propose_whole(detector, picture, 12 / cases[s].min_face, &expected);
        assert_int_equal(kin_mtcnn_propose(detector->mtcnn, picture, cases[s].min_face, &found, &count), KIN_OK);
        assert_true(count >= least);
        for (size_t i = 0; i < least; i++) {
            assert_float_equal(found[i].score, expected[i].score, 1e-5);
            assert_float_equal(found[i].x0, expected[i].x0, 0);
            assert_float_equal(found[i].y1, expected[i].y1, 0);
        }
        free(expected);
        kin_release(&ctx, found);
        kin_image_free(picture);
    }
    kin_detector_free(detector);
}

static void test_workers_change_nothing(void **state)
{
    (void)state;
    kin_context other;
    kin_context_init(&other);
    other.splitter = &three;
    kin_detector *serial = make_good(&ctx), *split = make_good(&other), *shared;
    assert_int_equal(kin_detector_share(&other, serial, &shared), KIN_OK);
    for (int k = 0; k < 3; k++) {
        kin_image *picture = fake_noise(&ctx, 500 + 77 * k, 400 - 31 * k);
        for (int i = 0; i < 40; i++) fake_block(picture, 61 * i % 450, 43 * i % 300, 61 * i % 450 + 20 + i, 43 * i % 300 + 20 + i, 255);
        kin_faces one = find(serial, picture, 20), two = find(split, picture, 20), three_ = find(shared, picture, 20);
        assert_true(one.count > 3);
        assert_int_equal(two.count, one.count);
        assert_int_equal(three_.count, one.count);
        assert_memory_equal(two.face, one.face, one.count * sizeof *one.face);
        assert_memory_equal(three_.face, one.face, one.count * sizeof *one.face);
        kin_faces_free(&one);
        kin_faces_free(&two);
        kin_faces_free(&three_);
        kin_image_free(picture);
    }
    assert_int_equal(kin_detector_prepare(split), KIN_OK);
    kin_detector_free(shared);
    kin_detector_free(split);
    kin_detector_free(serial);
    assert_int_equal(other.memory, 0);
}

static void expect_refused(int network, form f, const char *words)
{
    form          forms[KIN_MTCNN_NETWORKS];
    kin_detector *detector = (void *)&ctx;
    memcpy(forms, good, sizeof forms);
    forms[network] = f;
    assert_int_equal(make(&ctx, forms, &detector), KIN_E_FORMAT);
    assert_null(detector);
    if (!strstr(kin_error(&ctx), kin_mtcnn_file[network]) || !strstr(kin_error(&ctx), words))
        fail_msg("\"%s\" does not name %s and %s", kin_error(&ctx), kin_mtcnn_file[network], words);
}

static void test_wrong_shapes_are_named(void **state)
{
    (void)state;
    expect_refused(KIN_PNET, (form){3, 4, 0, 2, 0}, "[1, 12, 5, 2]");
    expect_refused(KIN_PNET, (form){2, 5, 0, 2, 0}, "[1, 12, 5, 4]");
    expect_refused(KIN_PNET, (form){2, 4, 0, 4, 0}, "[1, 12, 5, 2]"); /* cells of another stride */
    expect_refused(KIN_PNET, (form){0, 4, 0, 2, 0}, "[1, 12, 5, 2]");
    expect_refused(KIN_RNET, (form){2, 3, 0, 0, 0}, "[1, 4]");
    expect_refused(KIN_RNET, (form){0, 4, 0, 0, 0}, "[1, 2]");
    expect_refused(KIN_ONET, (form){2, 4, 0, 0, 0}, "[1, 10]");
    expect_refused(KIN_ONET, (form){2, 4, 9, 0, 0}, "[1, 10]");
    expect_refused(KIN_ONET, (form){3, 4, 10, 0, 0}, "[1, 2]");
}

/* A damaged O-Net may throw points anywhere: such finds are no faces, and no error. */
static void test_points_far_away(void **state)
{
    (void)state;
    static const float wild[] = {1e9f, 1e22f, INFINITY, NAN, -1e30f};
    kin_image         *picture = fake_picture(&ctx, 100, 90, 0);
    fake_block(picture, 20, 20, 60, 60, 255);
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        const form    forms[KIN_MTCNN_NETWORKS] = {good[0], good[1], {2, 4, 10, 0, wild[i]}};
        kin_detector *detector;
        assert_int_equal(make(&ctx, forms, &detector), KIN_OK);
        kin_faces faces = find(detector, picture, 20);
        assert_int_equal(faces.count, 0);
        kin_faces_free(&faces);
        kin_detector_free(detector);
    }
    kin_image_free(picture);
}

static void test_options_and_cancelling(void **state)
{
    (void)state;
    kin_detector *detector = make_good(&ctx);
    kin_image    *picture = fake_picture(&ctx, 200, 200, 0);
    kin_faces     faces;
    fake_block(picture, 50, 50, 90, 90, 255);
    assert_int_equal(kin_detect(detector, picture, &(kin_detect_options){.min_face_px = 3}, &faces), KIN_E_USAGE);
    assert_int_equal(kin_detect(detector, picture, &(kin_detect_options){.score = 0.99f}, &faces), KIN_OK);
    assert_int_equal(faces.count, 0); /* the third stage asks for more than these networks give */
    atomic_store(&ctx.cancelled, true);
    assert_int_equal(kin_detect(detector, picture, NULL, &faces), KIN_E_CANCELLED);
    atomic_store(&ctx.cancelled, false);
    const uint64_t before = ctx.memory;
    ctx.max_memory = before + 100000;
    assert_int_equal(kin_detect(detector, picture, &(kin_detect_options){.min_face_px = 8}, &faces), KIN_E_LIMIT);
    ctx.max_memory = (uint64_t)1 << 30;
    faces = find(detector, picture, 8);
    assert_true(faces.count > 0);
    kin_faces_free(&faces);
    kin_image_free(picture);
    kin_detector_free(detector);
}

static kin_status whole_way(kin_context *other)
{
    kin_detector *detector;
    kin_image    *picture;
    KIN_TRY(make(other, good, &detector));
    kin_status status = kin_pixels_new(other, 60, 40, &picture);
    if (status == KIN_OK) {
        for (int y = 0; y < 40; y++) memset(kin_pixels_row(picture, y), 0, 180);
        fake_block(picture, 10, 0, 50, 40, 255);
        kin_faces faces;
        status = kin_detect(detector, picture, &(kin_detect_options){.min_face_px = 25}, &faces);
        if (status == KIN_OK && !faces.count) status = KIN_E_NOT_FOUND;
        kin_faces_free(&faces);
        kin_image_free(picture);
    }
    kin_detector_free(detector);
    return status;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    kin_context other;
    kin_context_init(&other);
    oom_walk(&other, whole_way, 10, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_bright_square),        TEST(test_tiles),
        TEST(test_workers_change_nothing), TEST(test_wrong_shapes_are_named),
        TEST(test_points_far_away),        TEST(test_options_and_cancelling),
        TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
