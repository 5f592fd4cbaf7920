/* SPDX-License-Identifier: Apache-2.0
 *
 * Recipes: text and back, hostile text, chance that depends on nothing but its four numbers.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "learn/augment/augment.h"
#include "os/pool.h"
#include "support/context.h"
#include "support/oom.h"

static void test_read_and_write(void **state)
{
    (void)state;
    kin_recipe recipe, again;
    char       text[KIN_RECIPE_TEXT];
    assert_int_equal(kin_recipe_read(&ctx, kin_recipe_default, &recipe), KIN_OK);
    assert_int_equal(recipe.count, 7);
    assert_string_equal(kin_recipe_write(&recipe, text),
                        "flip@0.5 rotation=15@1 zoom=0.1@1 brightness=0.2@1 contrast=0.2@1 saturation=0.2@1 motion=7@0.2");
    assert_int_equal(kin_recipe_read(&ctx, text, &again), KIN_OK);
    assert_memory_equal(&recipe, &again, sizeof recipe);
    assert_int_equal(kin_recipe_read(&ctx, "  noise,\tblur=2@1e-1 ", &recipe), KIN_OK);
    assert_string_equal(kin_recipe_write(&recipe, text), "noise=0.03@0.3 blur=2@0.1");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kin_recipe_read(&ctx, i ? "none" : "", &recipe), KIN_OK);
        assert_int_equal(recipe.count, 0);
        assert_string_equal(kin_recipe_write(&recipe, text), "none");
    }
    /* all that there is fits, and comes back */
    char all[2 * KIN_RECIPE_TEXT] = "";
    for (size_t i = 0; i < kin_augment_count; i++) strcat(strcat(all, kin_augments[i].name), "@0.123456789 ");
    assert_int_equal(kin_recipe_read(&ctx, all, &recipe), KIN_OK);
    assert_int_equal(recipe.count, kin_augment_count);
    assert_int_equal(kin_recipe_read(&ctx, kin_recipe_write(&recipe, text), &again), KIN_OK);
    assert_memory_equal(&recipe, &again, sizeof recipe);
}

static void test_hostile_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"rotate=15", "rotate=15: no such augmentation"},
        {"rotation=15 rotation=3", "rotation=3: given twice"},
        {"rotation=", "expected a strength from 0 to 180"},
        {"rotation=181", "expected a strength from 0 to 180"},
        {"rotation=-1", "expected a strength from 0 to 180"},
        {"rotation=nan", "expected a strength"},
        {"rotation=inf", "expected a strength"},
        {"rotation=0x10", "expected a strength"},
        {"rotation=1e999", "expected a strength"},
        {"rotation=1.2.3", "expected a strength"},
        {"rotation=15@", "expected a probability from 0 to 1"},
        {"rotation=15@1.5", "expected a probability"},
        {"rotation@0.5=3", "strength before the probability"},
        {"rotation=15@0.2@0.3", "expected a probability"},
        {"rotation==15", "expected a strength"},
        {"flip=1", "takes no strength"},
        {"=3", "no such augmentation"},
        {"@", "no such augmentation"},
        {"none flip", "none: no such augmentation"},
        {"rotation=00000000000000000000000000000000000000000000000000000000000000000000000000001", "expected a strength"},
        {"\x1b[31mred", "?[31mred: no such"},
        {"\xff\xfe", "no such augmentation"},
    };
    kin_recipe recipe;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kin_recipe_read(&ctx, cases[i].text, &recipe), KIN_E_USAGE);
        if (!strstr(kin_error(&ctx), cases[i].says)) fail_msg("\"%s\" says: %s", cases[i].text, kin_error(&ctx));
        assert_int_equal(recipe.count, 0);
    }
    /* letters by chance: read or refused, never more */
    static const char letters[] = "flip rotation=15@.e+-\t,19";
    kin_random        random = kin_random_make(5, 0);
    for (int i = 0; i < 20000; i++) {
        char   text[64];
        size_t length = (size_t)kin_random_below(&random, sizeof text);
        for (size_t k = 0; k < length; k++) text[k] = letters[kin_random_below(&random, sizeof letters - 1)];
        text[length] = '\0';
        kin_status status = kin_recipe_read(&ctx, text, &recipe);
        assert_true(status == KIN_OK || status == KIN_E_USAGE);
    }
}

/* --- chance --- */

enum { SIDE = 24, BYTES = SIDE * SIDE * 3, PICTURES = 40 };

static const char everything[] = "flip rotation translation zoom shear crop brightness contrast saturation hue grey@0.5 gamma "
                                 "noise@1 jpeg@0.5 blur@0.5 motion@0.5 downscale@0.5 cutout@0.5 occlusion@0.5";

static void fill(kin_image *image)
{
    kin_random random = kin_random_make(77, 0);
    for (int i = 0; i < BYTES; i++) image->data[i] = (uint8_t)kin_random_below(&random, 256);
}

static void apply(kin_context *on, const char *text, uint64_t seed, uint64_t epoch, uint64_t picture, uint64_t turn, uint8_t *out)
{
    kin_image *in, *made;
    kin_recipe recipe;
    assert_int_equal(kin_recipe_read(on, text, &recipe), KIN_OK);
    assert_int_equal(kin_pixels_new(on, SIDE, SIDE, &in), KIN_OK);
    assert_int_equal(kin_pixels_new(on, SIDE, SIDE, &made), KIN_OK);
    fill(in);
    kin_random chance = kin_recipe_chance(seed, epoch, picture, turn);
    assert_int_equal(kin_recipe_apply(&recipe, &chance, in, made), KIN_OK);
    memcpy(out, made->data, BYTES);
    kin_image_free(in);
    kin_image_free(made);
}

static uint8_t pixels[2][PICTURES][BYTES];

static void one_picture(void *arg, size_t index, size_t worker)
{
    uint8_t(*to)[BYTES] = arg;
    kin_context own;
    (void)worker;
    kin_context_init(&own);
    apply(&own, everything, 3, 1, index, 0, to[index]);
}

static void test_same_on_threads_and_in_any_order(void **state)
{
    (void)state;
    kin_pool *pool = kin_pool_new(&ctx, 4);
    assert_non_null(pool);
    kin_pool_run(pool, one_picture, pixels[0], PICTURES);
    kin_pool_free(&ctx, pool);
    for (size_t i = PICTURES; i-- > 0;) one_picture(pixels[1], i, 0);
    assert_memory_equal(pixels[0], pixels[1], sizeof pixels[0]);
    for (size_t i = 1; i < PICTURES; i++) assert_memory_not_equal(pixels[0][i], pixels[0][0], BYTES);
}

static void test_each_number_counts(void **state)
{
    (void)state;
    uint8_t a[BYTES], b[BYTES];
    apply(&ctx, everything, 1, 1, 1, 0, a);
    apply(&ctx, everything, 2, 1, 1, 0, b);
    assert_memory_not_equal(a, b, BYTES);
    apply(&ctx, everything, 1, 2, 1, 0, b);
    assert_memory_not_equal(a, b, BYTES);
    apply(&ctx, everything, 1, 1, 2, 0, b);
    assert_memory_not_equal(a, b, BYTES);
    apply(&ctx, everything, 1, 1, 1, 1, b);
    assert_memory_not_equal(a, b, BYTES);
    /* a step that never happens, and the place of a touch among moves, leave the others as they were */
    apply(&ctx, "rotation=15 brightness=0.2", 1, 1, 1, 0, a);
    apply(&ctx, "brightness=0.2 noise@0 rotation=15 zoom=0", 1, 1, 1, 0, b);
    assert_memory_equal(a, b, BYTES);
}

/* Moves are one warp: as if each followed the one before, in the order of the recipe. */
static void test_moves_follow_each_other(void **state)
{
    (void)state;
    kin_image *in, *out;
    assert_int_equal(kin_pixels_new(&ctx, SIDE, SIDE, &in), KIN_OK);
    assert_int_equal(kin_pixels_new(&ctx, SIDE, SIDE, &out), KIN_OK);
    fill(in);
    kin_drawn draw = {3.0 / SIDE, 0, kin_random_make(1, 1)};
    for (int flip_first = 0; flip_first < 2; flip_first++) {
        double map[6] = {1, 0, 0, 0, 1, 0}, m[6];
        for (int k = 0; k < 2; k++) {
            memcpy(m, (double[]){1, 0, 0, 0, 1, 0}, sizeof m);
            (k != flip_first ? kin_augment_flip : kin_augment_translation)(&draw, SIDE, SIDE, m);
            kin_affine_multiply(map, m, map);
        }
        assert_int_equal(kin_pixels_warp(&ctx, in, map, KIN_FILL_REFLECT, out), KIN_OK);
        for (int x = 4; x < SIDE - 4; x++) { /* mirrored, then moved to the right; or moved, then mirrored: to the left */
            int from = flip_first ? SIDE - 1 - (x - 3) : SIDE - 1 - x - 3;
            assert_memory_equal(kin_pixels_row(out, 7) + x * 3, kin_pixels_row(in, 7) + from * 3, 3);
        }
    }
    kin_image_free(in);
    kin_image_free(out);
}

/* How often, and how strong: flip in half of the pictures, motion in a fifth, rotations even from -15 to 15. */
static void test_shares(void **state)
{
    (void)state;
    kin_recipe recipe;
    size_t     flipped = 0, n = 4000;
    kin_image *in, *out;
    assert_int_equal(kin_pixels_new(&ctx, 2, 1, &in), KIN_OK);
    assert_int_equal(kin_pixels_new(&ctx, 2, 1, &out), KIN_OK);
    memcpy(in->data, "aaabbb", 6);
    assert_int_equal(kin_recipe_read(&ctx, "flip@0.2", &recipe), KIN_OK);
    for (size_t i = 0; i < n; i++) {
        kin_random chance = kin_recipe_chance(1, 0, i, 0);
        assert_int_equal(kin_recipe_apply(&recipe, &chance, in, out), KIN_OK);
        flipped += out->data[0] == 'b';
    }
    assert_true(fabs((double)flipped / (double)n - 0.2) < 0.02);
    /* brightness of a grey picture says what was drawn */
    double least = 255, most = 0, sum = 0;
    memset(in->data, 128, 6);
    assert_int_equal(kin_recipe_read(&ctx, "brightness=0.2", &recipe), KIN_OK);
    for (size_t i = 0; i < n; i++) {
        kin_random chance = kin_recipe_chance(1, 0, i, 0);
        assert_int_equal(kin_recipe_apply(&recipe, &chance, in, out), KIN_OK);
        least = fmin(least, out->data[0]), most = fmax(most, out->data[0]), sum += out->data[0];
    }
    assert_true(least >= 77 && least < 79 && most <= 179 && most > 177);
    assert_true(fabs(sum / (double)n - 128) < 1.5);
    kin_image_free(in);
    kin_image_free(out);
}

static kin_status everything_once(kin_context *walked)
{
    kin_image *in, *out = NULL;
    kin_recipe recipe;
    KIN_TRY(kin_recipe_read(walked, everything, &recipe));
    KIN_TRY(kin_pixels_new(walked, SIDE, SIDE, &in));
    fill(in);
    kin_status status = kin_pixels_new(walked, SIDE, SIDE, &out);
    for (size_t i = 0; i < recipe.count; i++) recipe.step[i].probability = 1;
    kin_random chance = kin_recipe_chance(1, 1, 1, 1);
    if (status == KIN_OK) status = kin_recipe_apply(&recipe, &chance, in, out);
    kin_image_free(in);
    kin_image_free(out);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    oom_walk(&ctx, everything_once, 15, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read_and_write),
        TEST(test_hostile_text),
        TEST(test_same_on_threads_and_in_any_order),
        TEST(test_each_number_counts),
        TEST(test_moves_follow_each_other),
        TEST(test_shares),
        TEST(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
