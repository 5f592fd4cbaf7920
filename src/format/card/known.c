/* SPDX-License-Identifier: Apache-2.0
 *
 * Published networks that carry no card but are met often: what they want, by the fingerprint of a file's bytes or by the
 * network's name. The texts are those of models/cards (cmake/known-cards.cmake).
 */
#include <string.h>

#include "base/hash.h"
#include "format/card/card.h"

static const struct {
    const char *key; /* a name, or a fingerprint as kin_hash_text writes it */
    const char *card;
} known[] = {
#include "format/card/known_cards.inc" /* made by cmake */
};

const char *kin_card_named(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].key, name) == 0) return known[i].card;
    return NULL;
}

const char *kin_card_known(const uint8_t fingerprint[16])
{
    char text[33];
    return kin_card_named(kin_hash_text(fingerprint, text));
}
