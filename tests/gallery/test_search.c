/* SPDX-License-Identifier: Apache-2.0
 *
 * Search against a plain loop (to the last bit, too), ranks and ties, changes by this and by another handle, models apart, the
 * answer.
 */
#include "gallery/age.h"
#include "gallery/store.h"
#include "kern/registry.h"

#include "gallery/fixture.h"

static const kin_impostor_row rows[] = {{1e-1, 0.20}, {1e-2, 0.30}, {1e-3, 0.38}, {1e-4, 0.45}, {1e-5, 0.51}};
static const kin_impostor_tail tail = {rows, 5};

/* Several tasks at once is not what this checks; that pieces may run in any order is. */
static void backwards(kin_splitter *self, kin_task run, void *arg, size_t count)
{
    (void)self;
    while (count--) run(arg, count, 0);
}
static kin_splitter splitter = {2, backwards};

enum { PEOPLE = 700, EACH = 7 };

static void test_search_is_exact(void **state)
{
    (void)state;
    static float vectors[PEOPLE * EACH][WIDTH];
    int64_t      person[PEOPLE];
    kin_gallery *g = open_gallery();
    kin_random   random = kin_random_make(3, 3);
    assert_int_equal(kin_gallery_begin(g), KIN_OK);
    for (size_t i = 0; i < PEOPLE * EACH; i++) { /* people take turns: rows of one are far apart in the file */
        char          name[20];
        kin_enrolment e = make_enrolment(i);
        kin_enrolled  r;
        snprintf(name, sizeof name, "P%zu", i % PEOPLE);
        make_alike(vectors[i], WIDTH, i % PEOPLE, 0.6, i);
        assert_int_equal(kin_gallery_add(g, name, MODEL_A, WIDTH, vectors[i], &e, &r), KIN_OK);
        person[i % PEOPLE] = r.person;
    }
    assert_int_equal(kin_gallery_commit(g), KIN_OK);
    for (int trial = 0; trial < 40; trial++) {
        float         query[WIDTH];
        double        best[PEOPLE];
        kin_candidate found[10];
        size_t        count, means = 0;
        make_alike(query, WIDTH, kin_random_below(&random, PEOPLE), 0.5, 5000000 + (uint64_t)trial);
        for (size_t p = 0; p < PEOPLE; p++) {
            double mean[WIDTH] = {0}, to_mean = 0, square = 0;
            best[p] = -2;
            for (size_t k = p; k < PEOPLE * EACH; k += PEOPLE) {
                double dot = 0;
                for (size_t i = 0; i < WIDTH; i++) {
                    dot += (double)query[i] * vectors[k][i];
                    mean[i] += vectors[k][i];
                }
                best[p] = fmax(best[p], dot);
            }
            for (size_t i = 0; i < WIDTH; i++) {
                to_mean += query[i] * mean[i];
                square += mean[i] * mean[i];
            }
            if (to_mean / sqrt(square) > best[p]) {
                best[p] = to_mean / sqrt(square);
                means++;
            }
        }
        ctx.splitter = trial % 2 ? &splitter : &kin_splitter_serial;
        assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, query, 10, found, &count), KIN_OK);
        assert_int_equal(count, 10);
        assert_in_range(means, 1, PEOPLE - 1); /* both ways of being similar are seen */
        for (size_t r = 0; r < 10; r++) {
            size_t better = 0, self = PEOPLE;
            for (size_t p = 0; p < PEOPLE; p++)
                if (person[p] == found[r].person) self = p;
            assert_true(self < PEOPLE);
            char name[20];
            snprintf(name, sizeof name, "P%zu", self);
            assert_string_equal(found[r].name, name);
            assert_true(fabs(best[self] - (double)found[r].similarity) < 1e-5);
            for (size_t p = 0; p < PEOPLE; p++) better += best[p] > best[self] + 1e-5;
            assert_true(better <= r);
        }
    }
    kin_gallery_free(g);
}

/* Faces that are hard to rank: `kind` 0: strangers, 1: people of a few looks, 2: all nearly the same, 3: the same four. */
static void make_hard(float *out, int kind, size_t person, size_t face)
{
    static const double alike[] = {0.7, 0.7, 0.9999995, 1};
    make_alike(out, WIDTH, kind == 0 ? person : kind == 1 ? person % 5 : kind == 2 ? 0 : (person + face) % 4, alike[kind], face);
}

enum { HARD = 90, HARD_FACES = 6, PHOTO_DAY = 20200615 };

typedef struct {
    int64_t person;
    float   similarity;
} ranked;

static int by_rank(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->similarity != y->similarity) return x->similarity > y->similarity ? -1 : 1;
    return x->person < y->person ? -1 : 1;
}

/* What the search must say, from all vectors and with no bound: people with 1 to HARD_FACES faces, every other one's birth
 * known. */
static void rank_all(const kin_dot_kernel *kernel, int kind, const float *query, int date, const int *born, ranked *out)
{
    for (size_t p = 0; p < HARD; p++) {
        double sums[WIDTH] = {0}, square = 0, best = -2, sum = 0;
        size_t faces = 1 + p % HARD_FACES;
        for (size_t f = 0; f < faces; f++) {
            float v[WIDTH];
            make_hard(v, kind, p, p * HARD_FACES + f);
            float score = kernel->dot(WIDTH, query, v);
            if (date && born[p]) score *= (float)kin_age_weight(born[p], 20000101 + (int)f * 30000, date);
            best = fmax(best, (double)score);
            sum += (double)score;
            for (size_t i = 0; i < WIDTH; i++) sums[i] += (double)v[i];
        }
        for (size_t i = 0; i < WIDTH; i++) square += sums[i] * sums[i];
        if (faces > 1 && sqrt(square) > 0.1) best = fmax(best, sum * (1 / sqrt(square)));
        out[p].similarity = (float)fmin(1, best);
    }
    qsort(out, HARD, sizeof *out, by_rank);
}

static void compare_to_all(kin_gallery *g, int kind, const int64_t *person, const int *born)
{
    static const size_t most[] = {1, 2, 9, HARD};
    for (int trial = 0; trial < 24; trial++) {
        float         query[WIDTH];
        ranked        expected[HARD];
        kin_candidate found[HARD], unborn;
        kin_crowd     crowd;
        size_t        count, k = most[trial % 4];
        int           date = trial % 3 ? PHOTO_DAY : 0;
        make_alike(query, WIDTH, (uint64_t)trial % 7, 0.8, 7000000 + (uint64_t)trial);
        if (trial % 5 == 0) make_hard(query, kind, (size_t)trial % HARD, (size_t)trial); /* the very face, or nearly */
        ctx.cpu = trial % 2 ? KIN_CPU_SCALAR : kin_cpu_best();
        ctx.splitter = trial % 3 == 1 ? &splitter : &kin_splitter_serial;
        for (size_t p = 0; p < HARD; p++) expected[p].person = person[p];
        rank_all(kin_kernels_for(ctx.cpu)->dot, kind, query, date, born, expected);
        assert_int_equal(kin_search_best(g, MODEL_A, WIDTH, query, date, k, found, &count, &unborn, &crowd), KIN_OK);
        assert_true(unborn.person == 0);
        assert_int_equal(count, k);
        for (size_t i = 0; i < k; i++)
            if (found[i].person != expected[i].person || found[i].similarity != expected[i].similarity)
                fail_msg("kind %d, trial %d, %zu of %zu: %lld at %.9g, not %lld at %.9g", kind, trial, i, k,
                         (long long)found[i].person, (double)found[i].similarity, (long long)expected[i].person,
                         (double)expected[i].similarity);
    }
}

static void test_bits(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        int64_t      person[HARD];
        int          born[HARD];
        kin_gallery *g = open_gallery();
        assert_int_equal(kin_gallery_begin(g), KIN_OK);
        for (size_t p = 0; p < HARD; p++)
            for (size_t f = 0; f < 1 + p % HARD_FACES; f++) {
                char          name[20];
                float         v[WIDTH];
                kin_enrolment e = make_enrolment(p * HARD_FACES + f);
                kin_enrolled  r;
                snprintf(name, sizeof name, "K%d P%zu", kind, p);
                e.photo_date = 20000101 + (int)f * 30000;
                make_hard(v, kind, p, p * HARD_FACES + f);
                assert_int_equal(kin_gallery_add(g, name, MODEL_A, WIDTH, v, &e, &r), KIN_OK);
                person[p] = r.person;
                born[p] = p % 2 ? 0 : 20000101 + (int)(p % 19) * 10000; /* a child of 1 to 20 */
                if (f == 0 && born[p]) assert_int_equal(kin_gallery_set_born(g, name, born[p]), KIN_OK);
            }
        assert_int_equal(kin_gallery_commit(g), KIN_OK);
        compare_to_all(g, kind, person, born);
        kin_gallery_free(g);
        assert_int_equal(remove(file), 0);
    }
}

static void test_small_and_empty(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         vector[WIDTH];
    kin_candidate found[5];
    kin_match     who;
    size_t        count = 9;
    make_vector(vector, WIDTH, 1);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 5, found, &count), KIN_OK);
    assert_int_equal(count, 0);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, &tail, &who), KIN_OK);
    assert_null(who.name);
    assert_true(who.nearest.person == 0 && who.runner_up.person == 0 && who.threshold > 0.2f);
    put(g, "Anna", 1, 1);
    put(g, "Twin", 2, 1); /* the same vector: the smaller id first */
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 5, found, &count), KIN_OK);
    assert_int_equal(count, 2);
    assert_string_equal(found[0].name, "Anna");
    assert_string_equal(found[1].name, "Twin");
    assert_true(found[0].similarity <= 1 && found[0].similarity > 0.9999f);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, found, &count), KIN_OK);
    assert_int_equal(count, 1);
    assert_string_equal(found[0].name, "Anna");
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 0, found, &count), KIN_OK);
    assert_int_equal(count, 0);
    assert_int_equal(kin_gallery_search(g, MODEL_B, WIDTH, vector, 5, found, &count), KIN_OK);
    assert_int_equal(count, 0); /* vectors of different models never meet */
    vector[0] += 0.5f;
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 5, found, &count), KIN_E_USAGE);
    vector[0] = NAN;
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 5, found, &count), KIN_E_USAGE);
    make_vector(vector, 64, 1);
    assert_int_equal(kin_gallery_search(g, MODEL_A, 64, vector, 5, found, &count), KIN_E_USAGE);
    kin_gallery_free(g);
}

static void test_odd_widths(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 3, 17, 512, 4095, 4096};
    kin_gallery        *g = open_gallery();
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        char          model[33], name[20];
        float         vector[KIN_EMBEDDING_MAX];
        kin_enrolment e = make_enrolment(i);
        kin_candidate found;
        size_t        count;
        snprintf(model, sizeof model, "%032zx", i);
        snprintf(name, sizeof name, "P%zu", i);
        make_vector(vector, widths[i], i);
        assert_int_equal(kin_gallery_add(g, name, model, widths[i], vector, &e, NULL), KIN_OK);
        assert_int_equal(kin_gallery_search(g, model, widths[i], vector, 1, &found, &count), KIN_OK);
        assert_int_equal(count, 1);
        assert_string_equal(found.name, name);
        assert_true(found.similarity > 0.9999f);
    }
    kin_gallery_free(g);
}

static void test_changes_are_seen(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery(), *other;
    float         vector[WIDTH];
    kin_candidate found;
    size_t        count;
    put(g, "Anna", 1, 1);
    make_vector(vector, WIDTH, 2);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_string_equal(found.name, "Anna");
    put(g, "Ben", 2, 2); /* by this handle */
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_string_equal(found.name, "Ben");
    assert_int_equal(kin_gallery_open(&ctx, file, &other), KIN_OK);
    put(other, "Cleo", 3, 3); /* by another */
    make_vector(vector, WIDTH, 3);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_string_equal(found.name, "Cleo");
    assert_int_equal(kin_gallery_rename(other, "Cleo", "Cleopatra"), KIN_OK);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_string_equal(found.name, "Cleopatra");
    assert_int_equal(kin_gallery_begin(g), KIN_OK); /* and taken back */
    put(g, "Dora", 4, 4);
    make_vector(vector, WIDTH, 4);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_string_equal(found.name, "Dora");
    kin_gallery_rollback(g);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_string_not_equal(found.name, "Dora");
    kin_gallery_free(other);
    kin_gallery_free(g);
}

/* Faces that cancel each other have no mean; of the same face twice the mean is the face. */
static void test_means(void **state)
{
    (void)state;
    kin_gallery  *g = open_gallery();
    float         vector[WIDTH], opposite[WIDTH];
    kin_enrolment e = make_enrolment(1);
    kin_candidate found;
    kin_match     who;
    size_t        count;
    make_vector(vector, WIDTH, 1);
    for (size_t i = 0; i < WIDTH; i++) opposite[i] = -vector[i];
    assert_int_equal(kin_gallery_add(g, "Janus", MODEL_A, WIDTH, vector, &e, NULL), KIN_OK);
    e = make_enrolment(2);
    assert_int_equal(kin_gallery_add(g, "Janus", MODEL_A, WIDTH, opposite, &e, NULL), KIN_OK);
    make_alike(vector, WIDTH, 1, 0.6, 1);
    assert_int_equal(kin_gallery_search(g, MODEL_A, WIDTH, vector, 1, &found, &count), KIN_OK);
    assert_true(count == 1 && fabsf(found.similarity - 0.6f) < 0.1f);
    put(g, "Anna", 3, 5);
    put(g, "Anna", 4, 5);
    put(g, "Ben", 5, 6);
    make_alike(vector, WIDTH, 5, 0.6, 1);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, &tail, &who), KIN_OK);
    assert_string_equal(who.nearest.name, "Anna");
    assert_true(fabsf(who.similarity - 0.6f) < 0.1f);
    /* five faces and the means of two people */
    assert_true(fabs((double)who.threshold - kin_decide_threshold(&tail, &(kin_crowd){7, 3, 0}, 0.01)) < 1e-6);
    kin_gallery_free(g);
}

/* Brothers: the faces of different people, pair by pair, are more alike than the card's. */
static void test_alike_people(void **state)
{
    (void)state;
    enum { BROTHERS = 4, PHOTOS = 5 }; /* the last has one photo less: people, not photos, are counted */
    static float v[BROTHERS * PHOTOS - 1][WIDTH];
    kin_gallery *g = open_gallery();
    double       sum = 0;
    size_t       pairs = 0, faces = sizeof v / sizeof *v;
    for (size_t i = 0; i < faces; i++) {
        char          name[20];
        kin_enrolment e = make_enrolment(i);
        snprintf(name, sizeof name, "Brother %zu", i % BROTHERS);
        make_alike(v[i], WIDTH, 1, 0.7, i); /* about 0.49 alike */
        assert_int_equal(kin_gallery_add(g, name, MODEL_A, WIDTH, v[i], &e, NULL), KIN_OK);
        for (size_t k = 0; k < i; k++) {
            if (k % BROTHERS == i % BROTHERS) continue;
            for (size_t c = 0; c < WIDTH; c++) sum += (double)v[i][c] * v[k][c];
            pairs++;
        }
    }
    kin_match who;
    kin_crowd crowd = {faces + BROTHERS, BROTHERS, sum / (double)pairs};
    assert_true(crowd.alike > 0.4);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, v[0], &tail, &who), KIN_OK);
    assert_true(fabs((double)who.threshold - kin_decide_threshold(&tail, &crowd, 0.01)) < 1e-6);
    crowd.alike = 0;
    assert_true((double)who.threshold > kin_decide_threshold(&tail, &crowd, 0.01) + 0.1);
    kin_gallery_free(g);
}

static void test_answer(void **state)
{
    (void)state;
    kin_gallery *g = open_gallery();
    float        vector[WIDTH];
    kin_match    who;
    put(g, "Anna", 1, 1);
    put(g, "Ben", 2, 2);
    make_alike(vector, WIDTH, 1, 0.6, 1);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, &tail, &who), KIN_OK);
    assert_string_equal(who.name, "Anna");
    assert_true(fabsf(who.similarity - 0.6f) < 0.1f && who.similarity == who.nearest.similarity);
    assert_string_equal(who.runner_up.name, "Ben");
    assert_true(who.runner_up.similarity < who.similarity);
    double want = kin_decide_threshold(&tail, &(kin_crowd){2, 2, 0}, 0.01); /* two faces: FAR about 0.005 */
    assert_true(fabs((double)who.threshold - want) < 1e-6 && want > 0.3 && want < 0.38);

    assert_int_equal(kin_gallery_set_decision(g, 0, who.similarity), KIN_OK); /* at the threshold is a name */
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who), KIN_OK);
    assert_string_equal(who.name, "Anna");
    assert_int_equal(kin_gallery_set_decision(g, 0, nextafterf(who.similarity, 1)), KIN_OK);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, NULL, &who), KIN_OK);
    assert_null(who.name);
    assert_string_equal(who.nearest.name, "Anna"); /* unknown still tells who was nearest */

    assert_int_equal(kin_gallery_set_decision(g, 1e-9, NAN), KIN_OK);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, &tail, &who), KIN_OK);
    assert_null(who.name);
    assert_int_equal(kin_gallery_match(g, MODEL_A, WIDTH, vector, &(kin_impostor_tail){NULL, 0}, &who),
                     KIN_E_UNSUPPORTED);
    assert_int_equal(kin_gallery_set_decision(g, 1, NAN), KIN_E_USAGE);
    assert_int_equal(kin_gallery_set_decision(g, -0.1, NAN), KIN_E_USAGE);
    assert_int_equal(kin_gallery_set_decision(g, NAN, NAN), KIN_E_USAGE);
    assert_int_equal(kin_gallery_set_decision(g, 0, 1.5), KIN_E_USAGE);
    kin_gallery_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_search_is_exact, fresh, clean),
        cmocka_unit_test_setup_teardown(test_bits, fresh, clean),
        cmocka_unit_test_setup_teardown(test_small_and_empty, fresh, clean),
        cmocka_unit_test_setup_teardown(test_odd_widths, fresh, clean),
        cmocka_unit_test_setup_teardown(test_changes_are_seen, fresh, clean),
        cmocka_unit_test_setup_teardown(test_means, fresh, clean),
        cmocka_unit_test_setup_teardown(test_answer, fresh, clean),
        cmocka_unit_test_setup_teardown(test_alike_people, fresh, clean),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
