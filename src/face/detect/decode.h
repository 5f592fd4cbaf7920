/* SPDX-License-Identifier: Apache-2.0
 *
 * How a detector network's outputs become finds. A card names its decoding ("ssd"); a new one is a file here and a row
 * in decode.c.
 */
#ifndef KIN_FACE_DETECT_DECODE_H
#define KIN_FACE_DETECT_DECODE_H

#include "face/card.h"
#include "face/detect/finds.h"
#include "kin/model.h"

typedef struct {
    const char *name; /* as in the card */
    /* Whether the card says all that `read` needs. Called once, when a detector is opened. */
    kin_status (*check)(kin_context *ctx, const kin_card *card);
    /* Adds all finds with at least `score` (between 0 and 1) of a finished run to `finds`, in pixels of the network's input, whose size
     * is width x height. Outputs are checked before they are read: card and network may not fit each other. */
    kin_status (*read)(kin_context *ctx, const kin_card *card, const kin_graph *graph, const kin_plan *plan, int width,
                       int height, float score, kin_finds *finds);
} kin_decoding;

/* NULL when there is none of that name. */
const kin_decoding *kin_decoding_find(const char *name);

extern const kin_decoding kin_decoding_ssd;

/* --- ssd.c, for its test --- */
enum { KIN_SSD_NUMBERS = 15 };
/* One map [rows, columns, 15] of cells `stride` pixels apart. */
kin_status kin_ssd_read_map(const float *map, int64_t rows, int64_t columns, int stride, float score, kin_finds *finds);

#endif
