/* SPDX-License-Identifier: Apache-2.0
 *
 * The same TensorFlow Lite file with another card.
 */
#ifndef KIN_FORMAT_TFLITE_RECARD_H
#define KIN_FORMAT_TFLITE_RECARD_H

#include "nn/graph.h"

/* *bytes (kin_release): a copy of the file that `graph` was read from whose metadata entry KIN_CARD is `card`; all else
 * is as it was. KIN_E_UNSUPPORTED: a graph without a file, or with a zip archive behind it (its offsets would be wrong);
 * KIN_E_FORMAT: damaged where the reader had not looked. */
kin_status kin_tflite_with_card(const kin_graph *graph, const char *card, size_t card_size, uint8_t **bytes,
                                size_t *size);

#endif
