/* SPDX-License-Identifier: Apache-2.0
 *
 * What a frozen base makes of every picture of a set, computed once: a few augmented variants of each for training, the
 * picture as it is for validation. Training a head then takes seconds, however many epochs.
 */
#ifndef KIN_LEARN_FEATURES_H
#define KIN_LEARN_FEATURES_H

#include "learn/loader.h"
#include "nn/graph.h"

typedef struct {
    kin_context *ctx;
    size_t       count, width; /* rows: variant after variant, in each the part's pictures in the set's order */
    float       *value;        /* [count, width] */
    int32_t     *label;        /* [count] */
    size_t      *sample;       /* [count], numbers in the set */
} kin_features;

/* `base`: its first output is what is kept, `width` numbers (kin_head_width). `recipe` NULL: `variants` is 1 and pictures stay
 * as they are. KIN_E_LIMIT when the rows pass the memory limit: the text says how much they need. */
kin_status kin_features_make(const kin_dataset *set, kin_part part, kin_graph *base, size_t width, const kin_recipe *recipe,
                             size_t variants, uint64_t seed, void (*progress)(void *user, size_t done, size_t count), void *user,
                             kin_features *out);
void       kin_features_free(kin_features *features);

#endif
