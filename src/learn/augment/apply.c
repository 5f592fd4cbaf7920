/* SPDX-License-Identifier: Apache-2.0
 *
 * A recipe on a picture: chance, one warp, the others in place.
 *
 * Pixels stay bytes from step to step: each rounds by half a level at most, which is far below what a camera's noise does,
 * and the network is fed from bytes wherever it meets faces later (face/crop.h).
 */
#include <string.h>

#include "learn/augment/augment.h"

kin_random kin_recipe_chance(uint64_t seed, uint64_t epoch, uint64_t picture, uint64_t turn)
{
    kin_random of_epoch = kin_random_make(seed, epoch), of_picture = kin_random_split(&of_epoch, picture);
    return kin_random_split(&of_picture, turn);
}

/* From where the range begins; it ends at the strength. No strength is no change: the range is the one place 0. */
static double draw_number(kin_random *random, kin_draw_range range, double strength)
{
    double low = range == KIN_DRAW_AROUND ? -strength : range == KIN_DRAW_FROM_ONE && strength > 1 ? 1 : 0;
    return low + (strength - low) * kin_random_unit(random);
}

/* Whether the step happens, and how. */
static bool draw_step(const kin_recipe *recipe, size_t i, const kin_random *chance, kin_drawn *draw)
{
    const kin_augment *a = &kin_augments[recipe->step[i].what];
    kin_random         random = kin_random_split(chance, recipe->step[i].what);
    bool               happens = kin_random_unit(&random) < recipe->step[i].probability;
    draw->x = draw_number(&random, a->range, recipe->step[i].strength);
    draw->y = draw_number(&random, a->range, recipe->step[i].strength);
    draw->random = random;
    return happens && recipe->step[i].strength > 0;
}

static void copy(const kin_image *in, kin_image *out)
{
    for (int y = 0; y < in->height; y++) memcpy(kin_pixels_row(out, y), kin_pixels_row(in, y), (size_t)in->width * 3);
}

kin_status kin_recipe_apply(const kin_recipe *recipe, const kin_random *chance, const kin_image *in, kin_image *out)
{
    kin_drawn draw;
    double   map[6] = {1, 0, 0, 0, 1, 0};
    bool     moved = false;
    for (size_t i = 0; i < recipe->count; i++) {
        const kin_augment *a = &kin_augments[recipe->step[i].what];
        double             m[6] = {1, 0, 0, 0, 1, 0};
        if (!a->move || !draw_step(recipe, i, chance, &draw)) continue;
        a->move(&draw, in->width, in->height, m);
        kin_affine_multiply(map, m, map); /* a later move is the first that a place of the new picture goes back through */
        moved = true;
    }
    if (moved)
        KIN_TRY(kin_pixels_warp(out->ctx, in, map, KIN_FILL_REFLECT, out));
    else
        copy(in, out);
    for (size_t i = 0; i < recipe->count; i++) {
        const kin_augment *a = &kin_augments[recipe->step[i].what];
        if (a->touch && draw_step(recipe, i, chance, &draw)) KIN_TRY(a->touch(&draw, out));
    }
    return KIN_OK;
}
