/* SPDX-License-Identifier: Apache-2.0
 *
 * Card text (JSON, documented in models/README.md) -> kin_card. Every field is checked; preprocessing that is not stated
 * is an error, never a guess.
 */
#ifndef KIN_FORMAT_CARD_H
#define KIN_FORMAT_CARD_H

#include "face/card.h"
#include "nn/graph.h"

/* Strings and tables of *out live in `arena`. KIN_E_FORMAT names the field ("card: input.scale[1]: 0, must not be 0"),
 * KIN_E_UNSUPPORTED for another version of the format; *out is then unchanged. */
kin_status kin_card_read(kin_arena *arena, const void *json, size_t size, kin_card *out);

/* The card inside the model (metadata KIN_CARD), else the one that known.c has for its fingerprint, else that of an image
 * classifier with official metadata (format/tflite/metadata.h); KIN_E_NOT_FOUND when there is none. Lives as long as the graph. Call it once a graph, not from two threads. */
kin_status kin_graph_card(kin_graph *graph, kin_card *out);

/* The card text for a published file that carries none, by its fingerprint (kin_hash128, seed 0); NULL when unknown. */
const char *kin_card_known(const uint8_t fingerprint[16]);
/* The card text of models/cards/NAME.json, for a network known by name; NULL when there is none. */
const char *kin_card_named(const char *name);

enum { KIN_CARD_BYTES_MAX = 4 << 20, KIN_CARD_VERSION = 1 };

#endif
