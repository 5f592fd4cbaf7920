/* SPDX-License-Identifier: Apache-2.0
 *
 * A network described by data: rows (a layer each, in the order in which its authors' program makes them) in parts that
 * may be repeated. A network is one file with such tables; build.c makes layers and a graph of them.
 */
#ifndef KIN_ZOO_NETWORK_H
#define KIN_ZOO_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

/* Keras' layers, as far as the networks here use them. */
typedef enum {
    KIN_ZOO_INPUT,
    KIN_ZOO_CONV,
    KIN_ZOO_DENSE,
    KIN_ZOO_BATCH_NORM,
    KIN_ZOO_ACTIVATION,
    KIN_ZOO_MAX_POOL,
    KIN_ZOO_AVG_POOL,
    KIN_ZOO_GLOBAL_AVG,
    KIN_ZOO_GLOBAL_MAX,
    KIN_ZOO_RESHAPE, /* [n, c] -> [n, 1, 1, c] */
    KIN_ZOO_FLATTEN,
    KIN_ZOO_ADD,
    KIN_ZOO_MULTIPLY,
    KIN_ZOO_KINDS
} kin_zoo_kind;

/* Outputs that later rows refer to. */
typedef enum {
    KIN_ZOO_LAST,  /* of the row before */
    KIN_ZOO_ENTRY, /* what came into the block */
    KIN_ZOO_KEPT,  /* of the rows with .keep = KIN_ZOO_KEPT, KIN_ZOO_MAIN */
    KIN_ZOO_MAIN,
    KIN_ZOO_PLACES
} kin_zoo_place;

enum { KIN_ZOO_CLASSES = -1 }; /* as .channels: as many as the caller wants classes */
enum { KIN_ZOO_STEP = -1 };    /* as .stride: the part's */

typedef struct {
    kin_zoo_kind  kind;
    const char   *name;       /* behind the part's prefix; NULL: numbered, as Keras does: "activation_3" */
    int           channels;   /* of convolutions (times the part's scale) and dense layers */
    int           side;       /* of the window */
    int           stride;     /* 0: 1 */
    bool          same, bias; /* padding same, else valid */
    const char   *activation; /* relu, sigmoid, softmax; NULL: none */
    kin_zoo_place from, with, keep; /* input, second input, where the output is kept */
} kin_zoo_row;

typedef struct {
    const kin_zoo_row *row;
    size_t             rows;
    int stage;       /* 0: once, names as they are; else the names' prefix is "conv{stage}_{block}_" */
    int first, last; /* blocks, both included */
    int scale;       /* channels are multiplied by it; 0: 1 */
    int step;        /* stride of KIN_ZOO_STEP; 0: 1 */
} kin_zoo_part;

#define KIN_ZOO_ROWS(table) table, sizeof(table) / sizeof *(table)

typedef struct {
    const char         *name;  /* on the command line */
    const char         *title; /* one line for people */
    const kin_zoo_part *part;
    size_t              parts;
    const kin_zoo_row  *top; /* behind the parts, where the top is wanted */
    size_t              tops;
    int                 side, least_side; /* of the input picture: as published, smallest */
    int                 classes;          /* as published */
    double              epsilon;          /* of batch norms */
    float               mean[3];          /* input: BGR, 0..255, minus this, not scaled */
} kin_zoo_network;

/* All networks, in the order in which they are listed. */
extern const kin_zoo_network *const kin_zoo_networks[];
extern const size_t                 kin_zoo_network_count;
/* NULL when there is none of that name. */
const kin_zoo_network *kin_zoo_find(const char *name);

extern const kin_zoo_network kin_zoo_vggface_vgg16, kin_zoo_vggface2_resnet50, kin_zoo_vggface2_senet50;

#endif
