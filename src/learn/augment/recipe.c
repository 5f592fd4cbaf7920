/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of augmentations, recipes as text and back.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "learn/augment/augment.h"

const kin_augment kin_augments[] = {
#define KIN_MOVE(name, range, usual, most, often, meaning) \
    {#name, meaning, KIN_DRAW_##range, usual, most, often, kin_augment_##name, NULL},
#define KIN_TOUCH(name, range, usual, most, often, meaning) \
    {#name, meaning, KIN_DRAW_##range, usual, most, often, NULL, kin_augment_##name},
#include "learn/augment/augments.def"
};
const size_t kin_augment_count = sizeof kin_augments / sizeof *kin_augments;
_Static_assert(sizeof kin_augments / sizeof *kin_augments <= KIN_RECIPE_STEPS, "a recipe holds every augmentation once");

/* Issue 11 of this project. */
const char kin_recipe_default[] = "flip rotation=15 zoom=0.1 brightness=0.2 contrast=0.2 saturation=0.2 motion=7@0.2";

/* --- reading --- */

enum { WORD_MAX = 60 };

static kin_status refuse(kin_context *ctx, const char *word, size_t length, const char *what)
{
    char shown[WORD_MAX];
    return kin_fail(ctx, KIN_E_USAGE, "augmentation: %s: %s", kin_printable(word, length, shown, sizeof shown), what);
}

/* A number from `text`, which ends at `end`, between 0 and `most`. */
static bool number(const char *text, const char *end, double most, double *out)
{
    char   copy[WORD_MAX];
    size_t length = (size_t)(end - text);
    if (length == 0 || length >= sizeof copy || strspn(text, "0123456789.eE+-") < length) return false; /* no inf, nan, 0x */
    memcpy(copy, text, length);
    copy[length] = '\0';
    return kin_number_read(copy, out) && *out >= 0 && *out <= most;
}

static kin_status read_word(kin_context *ctx, const char *word, size_t length, kin_recipe *recipe)
{
    const char *end = word + length, *at = memchr(word, '@', length), *equals = memchr(word, '=', length);
    if (at && equals > at)
        return refuse(ctx, word, length, "expected the strength before the probability, as in motion=7@0.2");
    size_t name = (size_t)((equals ? equals : at ? at : end) - word), what = 0;
    char   text[WORD_MAX + 40];
    while (what < kin_augment_count &&
           !(strlen(kin_augments[what].name) == name && memcmp(kin_augments[what].name, word, name) == 0))
        what++;
    if (what == kin_augment_count) return refuse(ctx, word, length, "no such augmentation (kin augment lists them)");
    const kin_augment *a = &kin_augments[what];
    for (size_t i = 0; i < recipe->count; i++)
        if (recipe->step[i].what == what) return refuse(ctx, word, length, "given twice");
    double strength = a->usual, probability = a->often;
    if (equals && a->range == KIN_DRAW_NONE)
        return refuse(ctx, word, length, "takes no strength, only a probability, as in @0.5");
    if (equals && !number(equals + 1, at ? at : end, a->most, &strength)) {
        snprintf(text, sizeof text, "expected a strength from 0 to %g", a->most);
        return refuse(ctx, word, length, text);
    }
    if (at && !number(at + 1, end, 1, &probability))
        return refuse(ctx, word, length, "expected a probability from 0 to 1 behind @");
    size_t i = recipe->count++;
    recipe->step[i].what = what;
    recipe->step[i].strength = strength;
    recipe->step[i].probability = probability;
    return KIN_OK;
}

kin_status kin_recipe_read(kin_context *ctx, const char *text, kin_recipe *recipe)
{
    static const char blanks[] = " \t\n,";
    *recipe = (kin_recipe){0};
    if (strcmp(text, "none") == 0) return KIN_OK;
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t     length = strcspn(text, blanks);
        kin_status status = read_word(ctx, text, length, recipe);
        if (status != KIN_OK) {
            *recipe = (kin_recipe){0};
            return status;
        }
        text += length;
    }
    return KIN_OK;
}

const char *kin_recipe_write(const kin_recipe *recipe, char text[KIN_RECIPE_TEXT])
{
    size_t used = (size_t)snprintf(text, KIN_RECIPE_TEXT, "%s", recipe->count ? "" : "none");
    for (size_t i = 0; i < recipe->count && used < KIN_RECIPE_TEXT; i++) {
        const kin_augment *a = &kin_augments[recipe->step[i].what];
        char               strength[KIN_NUMBER_TEXT], probability[KIN_NUMBER_TEXT];
        bool               strong = a->range != KIN_DRAW_NONE;
        used += (size_t)snprintf(text + used, KIN_RECIPE_TEXT - used, "%s%s%s%s@%s", i ? " " : "", a->name, strong ? "=" : "",
                                 strong ? kin_number_text(recipe->step[i].strength, strength) : "",
                                 kin_number_text(recipe->step[i].probability, probability));
    }
    return text;
}
