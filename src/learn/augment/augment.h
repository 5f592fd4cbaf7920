/* SPDX-License-Identifier: Apache-2.0
 *
 * Augmentation: small changes of a picture that leave the person the same, drawn anew for every picture and epoch.
 *
 * A recipe is a text "flip rotation=15 motion=7@0.2": names of augments.def, each with the strength from which chance draws
 * and, behind @, the probability that it happens at all. What is not given is as usual for it (augments.def).
 */
#ifndef KIN_LEARN_AUGMENT_H
#define KIN_LEARN_AUGMENT_H

#include "base/random.h"
#include "pixels/pixels.h"

/* What chance says for one picture. Two numbers from the strength's range; most take the first only. */
typedef struct {
    double     x, y;
    kin_random random; /* for whatever else is to be drawn */
} kin_drawn;

typedef enum { KIN_DRAW_NONE, KIN_DRAW_AROUND, KIN_DRAW_UP_TO, KIN_DRAW_FROM_ONE } kin_draw_range;

typedef struct {
    const char    *name, *meaning;
    kin_draw_range range;
    double         usual, most, often; /* strength; the greatest; probability */
    /* Exactly one of the two. move: m = the map from places of the new picture to places of the old one (as in
     * kin_pixels_warp). touch: changes the pixels in place; scratch memory from image->ctx. */
    void (*move)(const kin_drawn *draw, int width, int height, double m[6]);
    kin_status (*touch)(const kin_drawn *draw, kin_image *image);
} kin_augment;

extern const kin_augment kin_augments[];
extern const size_t      kin_augment_count;

#define KIN_MOVE(name, ...) void kin_augment_##name(const kin_drawn *draw, int width, int height, double m[6]);
#define KIN_TOUCH(name, ...) kin_status kin_augment_##name(const kin_drawn *draw, kin_image *image);
#include "learn/augment/augments.def"
#undef KIN_MOVE
#undef KIN_TOUCH

/* --- recipes --- */

enum { KIN_RECIPE_STEPS = 32, KIN_RECIPE_TEXT = 1024 };

typedef struct {
    size_t count;
    struct {
        size_t what; /* of kin_augments */
        double strength, probability;
    } step[KIN_RECIPE_STEPS];
} kin_recipe;

/* What is done to faces where nothing else is asked for. */
extern const char kin_recipe_default[];

/* Reads a recipe; "" and "none" are the one without steps. KIN_E_USAGE names the word and says what was expected. */
kin_status kin_recipe_read(kin_context *ctx, const char *text, kin_recipe *recipe);
/* The recipe as a text that kin_recipe_read takes for the same, nothing left out. Returns `text`. */
const char *kin_recipe_write(const kin_recipe *recipe, char text[KIN_RECIPE_TEXT]);

/* Where the chance of one picture comes from: the same four numbers, the same pixels, in whatever order or thread pictures
 * are made. `turn` tells apart several of one picture in one epoch. */
kin_random kin_recipe_chance(uint64_t seed, uint64_t epoch, uint64_t picture, uint64_t turn);

/* out = `in` by the recipe; the two are different pictures of one size. First all moves, as one warp, then the others in the
 * order of the recipe. A step draws the same whatever other steps there are. Scratch memory from out->ctx, one thread. */
kin_status kin_recipe_apply(const kin_recipe *recipe, const kin_random *chance, const kin_image *in, kin_image *out);

#endif
