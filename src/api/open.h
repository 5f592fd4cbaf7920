/* SPDX-License-Identifier: Apache-2.0
 *
 * From a name to a model that is ready.
 */
#ifndef KIN_API_OPEN_H
#define KIN_API_OPEN_H

#include "face/card.h"
#include "kin/kin.h"

/* Finds and reads a network. `model` is a file, or a name looked for as NAME.tflite in $KIN_MODELS, then
 * $XDG_DATA_HOME/kin/models, then inside the program; NULL: the built-in `fallback`. Free with kin_graph_free. */
kin_status kin_model_open(kin_context *ctx, const char *model, const char *fallback, kin_graph **out);

/* Whether `model` is a network of the zoo of which no file is there: its layers are known, its weights are not.
 * kin_model_open refuses it with KIN_E_UNSUPPORTED and says so. */
bool kin_model_is_bare(const char *model);
/* A network of several files: whether `model` is a folder, or a name that is one (and no NAME.tflite) in the same places;
 * then *out is its path. */
bool kin_model_folder(const char *model, char *out, size_t size);
/* Where a model of that name would be found first; false when no variable says where models are. */
bool kin_model_place(const char *name, char *out, size_t size);

/* Its card, in the graph's memory. KIN_E_UNSUPPORTED when it has none and is not known. `shown` names it in messages. */
kin_status kin_model_card(kin_graph *graph, const char *shown, const kin_card **out);

#endif
