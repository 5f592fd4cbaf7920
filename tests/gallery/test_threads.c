/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads: several on one gallery of one context (calls are serialised), and several with a context and a handle each.
 */
#include <pthread.h>

#include "gallery/fixture.h"

enum { THREADS = 4, ROUNDS = 30 };

typedef struct {
    kin_context *ctx;
    kin_gallery *gallery;
    uint64_t     number;
    bool         failed;
} worker;

/* Enrols people of its own and must find each at once. Asserts stay in the main thread. */
static void *work(void *arg)
{
    worker *w = arg;
    for (uint64_t i = 0; i < ROUNDS && !w->failed; i++) {
        char          name[30];
        float         vector[WIDTH];
        kin_match     who;
        kin_people    people;
        uint64_t      photo = w->number * 1000 + i;
        kin_enrolment e = make_enrolment(photo);
        snprintf(name, sizeof name, "T%d-%d", (int)w->number, (int)(i % 5));
        make_vector(vector, WIDTH, photo);
        w->failed = kin_gallery_add(w->gallery, name, MODEL_A, WIDTH, vector, &e, NULL) != KIN_OK ||
                    kin_gallery_match(w->gallery, MODEL_A, WIDTH, vector, NULL, &who) != KIN_OK || !who.name ||
                    strcmp(who.name, name) != 0 || kin_gallery_people(w->gallery, NULL, &people) != KIN_OK;
        if (!w->failed) kin_people_free(&people);
    }
    return NULL;
}

static void run(worker *w)
{
    pthread_t thread[THREADS];
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&thread[i], NULL, work, &w[i]), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(thread[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        if (w[i].failed) fail_msg("thread %zu: %s", i, kin_error(w[i].ctx));
    kin_gallery *g = open_gallery();
    assert_int_equal(faces_of(g, MODEL_A), THREADS * ROUNDS);
    kin_gallery_free(g);
}

static kin_gallery *open_on(kin_context *c)
{
    kin_gallery *g = NULL;
    assert_non_null(c);
    assert_int_equal(kin_gallery_open(c, file, &g), KIN_OK);
    assert_int_equal(kin_gallery_set_decision(g, 0, 0.5), KIN_OK);
    return g;
}

static void test_one_context(void **state)
{
    (void)state;
    kin_context *shared = kin_context_new(&(kin_options){.threads = 2});
    kin_gallery *g = open_on(shared);
    worker       w[THREADS];
    for (size_t i = 0; i < THREADS; i++) w[i] = (worker){shared, g, i, false};
    run(w);
    kin_gallery_free(g);
    kin_context_free(shared);
}

static void test_a_context_each(void **state)
{
    (void)state;
    worker w[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        kin_context *own = kin_context_new(&(kin_options){.threads = 1});
        w[i] = (worker){own, open_on(own), i, false};
    }
    run(w);
    for (size_t i = 0; i < THREADS; i++) {
        kin_gallery_free(w[i].gallery);
        kin_context_free(w[i].ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_context, fresh, clean),
        cmocka_unit_test_setup_teardown(test_a_context_each, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
