/* SPDX-License-Identifier: Apache-2.0
 *
 * The threshold: against numbers worked out by hand, monotone, careful beyond the table, and kept by simulated strangers.
 */
#include "gallery/fixture.h"

static const kin_impostor_row rows[] = {{1e-1, 0.20}, {1e-2, 0.30}, {1e-3, 0.38}, {1e-4, 0.45}};
static const kin_impostor_tail tail = {rows, 4};

#define close_to(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void test_between_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        close_to(kin_tail_similarity(&tail, rows[i].far), rows[i].similarity);
        close_to(log10(kin_tail_far(&tail, rows[i].similarity)), log10(rows[i].far));
    }
    close_to(kin_tail_similarity(&tail, pow(10, -1.5)), 0.25);
    close_to(kin_tail_similarity(&tail, pow(10, -2.25)), 0.32);
    close_to(kin_tail_far(&tail, 0.34), pow(10, -2.5));
}

static void test_beyond_the_ends_is_careful(void **state)
{
    (void)state;
    close_to(kin_tail_similarity(&tail, 0.5), 0.20); /* never below the first row */
    close_to(kin_tail_similarity(&tail, 1e-6), 0.45 + 2 * 0.08); /* the steeper of 0.08 and 0.07 a decade */
    close_to(kin_tail_similarity(&tail, 1e-300), 1);
    close_to(kin_tail_similarity(&tail, 0), 1);
    close_to(kin_tail_similarity(&tail, NAN), 0.20);
    close_to(log10(kin_tail_far(&tail, 0.53)), -5);
    close_to(kin_tail_far(&tail, 0.15), pow(10, -0.5));
    close_to(kin_tail_far(&tail, -0.9), 1);
    const kin_impostor_tail two = {rows, 2};
    close_to(kin_tail_similarity(&two, 1e-4), 0.5);
    double last = 2;
    for (double s = -1; s <= 1; s += 0.001) {
        double far = kin_tail_far(&tail, s);
        assert_true(far <= last && far > 0 && far <= 1);
        last = far;
    }
}

/* A search of so many comparisons among people who are as alike as strangers are. */
static double threshold(size_t compared, double fpir)
{
    return kin_decide_threshold(&tail, &(kin_crowd){compared, compared, 0}, fpir);
}

static void test_fpir(void **state)
{
    (void)state;
    close_to(kin_fpir_from_far(0.001, 10), 1 - pow(0.999, 10));
    for (size_t n = 1; n < 1000000; n *= 7) close_to(kin_fpir_from_far(kin_far_from_fpir(0.01, n), n), 0.01);
    assert_true(fabs(kin_far_from_fpir(0.01, 100000) / 1.00503e-7 - 1) < 1e-4);
    close_to(kin_fpir_from_far(1, 5), 1);
    double last = 0;
    for (size_t n = 1; n < 1000000; n *= 3) { /* a larger gallery asks for more */
        double t = threshold(n, 0.01);
        assert_true(t > last);
        last = t;
    }
    close_to(threshold(0, 0.01), threshold(1, 0.01));
    close_to(threshold(1, 0.01), 0.30);
    assert_true(threshold(10, 0.001) > threshold(10, 0.01));
}

static void test_alike_people_raise_the_threshold(void **state)
{
    (void)state;
    static const kin_impostor_row of_pairs[] = {{0.5, 0.02}, {1e-1, 0.20}, {1e-2, 0.30}, {1e-3, 0.38}, {1e-4, 0.45}};
    const kin_impostor_tail       whole = {of_pairs, 5};
    double                        deviation = (0.20 - 0.02) / 1.2816;
    /* 2 people are one pair, 5 are ten. */
    close_to(kin_decide_threshold(&whole, &(kin_crowd){1, 2, 0.42}, 0.01), 0.30 + (0.40 - deviation) / 2);
    close_to(kin_decide_threshold(&whole, &(kin_crowd){1, 5, 0.22}, 0.01), 0.30 + (0.20 - deviation / sqrt(10)) / 2);
    static const kin_crowd ordinary[] = {{1, 2, 0.15}, {1, 5, 0.06}, {1, 5, -0.9}, {1, 1, NAN}, {1, 0, NAN}, {1, 2, NAN}};
    for (size_t i = 0; i < sizeof ordinary / sizeof *ordinary; i++) /* chance explains these; never below the card's */
        close_to(kin_decide_threshold(&whole, &ordinary[i], 0.01), 0.30);
    close_to(kin_decide_threshold(&whole, &(kin_crowd){1, 100, 1}, 1e-12), 1);
    /* A card without the median pair stands in with its first row: it raises later, never sooner. */
    close_to(kin_decide_threshold(&tail, &(kin_crowd){1, 100, 0.20}, 0.01), 0.30);
    close_to(kin_decide_threshold(&tail, &(kin_crowd){1, 100, 0.40}, 0.01), 0.40);
}

static void test_tables_are_checked(void **state)
{
    (void)state;
    kin_context_init(&ctx);
    static const struct {
        kin_impostor_row row[3];
        size_t           count;
        kin_status       status;
    } table[] = {
        {{{0.1, 0.2}, {0.01, 0.3}, {0.001, 0.4}}, 3, KIN_OK},
        {{{0.1, 0.2}}, 0, KIN_E_UNSUPPORTED},
        {{{0.1, 0.2}}, 1, KIN_E_FORMAT},
        {{{0.1, 0.2}, {0.1, 0.3}}, 2, KIN_E_FORMAT},
        {{{0.1, 0.2}, {0.2, 0.3}}, 2, KIN_E_FORMAT},
        {{{0.1, 0.2}, {0.01, 0.2}}, 2, KIN_E_FORMAT},
        {{{0.1, 0.2}, {0, 0.3}}, 2, KIN_E_FORMAT},
        {{{2, 0.2}, {0.1, 0.3}}, 2, KIN_E_FORMAT},
        {{{0.1, NAN}, {0.01, 0.3}}, 2, KIN_E_FORMAT},
        {{{0.1, 0.2}, {NAN, 0.3}}, 2, KIN_E_FORMAT},
        {{{0.1, 0.2}, {0.01, 1.3}}, 2, KIN_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(kin_tail_check(&ctx, &(kin_impostor_tail){table[i].row, table[i].count}), table[i].status);
}

/* Strangers who are random vectors, a table measured on random vectors, a gallery of random vectors: FPIR as promised. */
static int descending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

static void test_strangers_stay_unknown(void **state)
{
    (void)state;
    enum { N = 1500, WIDE = 32, FACES = 50, STRANGERS = 3000 };
    static float      v[N][WIDE], pairs[N * (N - 1) / 2];
    kin_impostor_row  row[5];
    size_t            count = 0, named = 0;
    for (size_t i = 0; i < N; i++) make_vector(v[i], WIDE, i);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < i; k++, count++) {
            pairs[count] = 0;
            for (size_t c = 0; c < WIDE; c++) pairs[count] += v[i][c] * v[k][c];
        }
    qsort(pairs, count, sizeof *pairs, descending);
    for (int i = 0; i < 5; i++) {
        double far = pow(10, -1 - i);
        row[i] = (kin_impostor_row){far, (double)pairs[(size_t)(far * (double)count)]};
    }
    const kin_impostor_tail measured = {row, 5};
    double                  from = kin_decide_threshold(&measured, &(kin_crowd){FACES, FACES, NAN}, 0.01);
    for (size_t s = 0; s < STRANGERS; s++) {
        float stranger[WIDE], best = -1;
        make_vector(stranger, WIDE, 100000 + s);
        for (size_t i = 0; i < FACES; i++) {
            float dot = 0;
            for (size_t c = 0; c < WIDE; c++) dot += stranger[c] * v[i][c];
            best = fmaxf(best, dot);
        }
        named += best >= from;
    }
    assert_in_range(named, 5, 60); /* 30 expected */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_between_rows),     cmocka_unit_test(test_beyond_the_ends_is_careful),
        cmocka_unit_test(test_fpir),             cmocka_unit_test(test_tables_are_checked),
        cmocka_unit_test(test_strangers_stay_unknown), cmocka_unit_test(test_alike_people_raise_the_threshold),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
