/* SPDX-License-Identifier: Apache-2.0
 *
 * TensorFlow Lite's own metadata (identifier M001): labels, and how an image classifier without a card wants to be fed.
 */
#ifndef KIN_FORMAT_TFLITE_METADATA_H
#define KIN_FORMAT_TFLITE_METADATA_H

#include "face/card.h"
#include "nn/graph.h"

/* The labels of the first output, in the graph's memory; *count 0 when the metadata name none. KIN_E_FORMAT when metadata
 * or archive are damaged, or the file that they name is not there. */
kin_status kin_tflite_labels(kin_graph *graph, const char ***label, size_t *count);

/* The card that the metadata of an image classifier come to: normalisation of the RGB input, labels of the output; whole
 * pictures, resized as TensorFlow does (so TensorFlow Lite's task library feeds them). *found false: they do not say that. */
kin_status kin_tflite_card(kin_graph *graph, kin_card *card, bool *found);

#endif
