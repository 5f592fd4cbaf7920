/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of our ops a TensorFlow Lite operator is, and how its options become attributes: a table (operators.c), which the
 * reader and the writer share.
 */
#ifndef KIN_FORMAT_TFLITE_OPERATORS_H
#define KIN_FORMAT_TFLITE_OPERATORS_H

#include "nn/graph.h"

typedef enum {
    KIN_ROW_END,
    KIN_ROW_INT,   /* int32 -> attribute KIN_ATTR_INT */
    KIN_ROW_AT,    /* int32 -> element `at` of a KIN_ATTR_INTS */
    KIN_ROW_INTS,  /* vector of int32 -> KIN_ATTR_INTS */
    KIN_ROW_FLOAT, /* float32 -> KIN_ATTR_FLOAT */
    KIN_ROW_BOOL,  /* bool -> KIN_ATTR_BOOL */
    KIN_ROW_WORD,  /* int8 -> words[value] of a KIN_ATTR_ENUM */
    KIN_ROW_TYPE,  /* int8 TensorType -> KIN_ATTR_TYPE */
    KIN_ROW_FUSED, /* int8 ActivationFunctionType -> attribute "activation" where the op has it, else a node behind */
    KIN_ROW_REFUSE, /* int8 or bool that must be 0: another value means something that we cannot do */
    /* what the tensors say: written, not read */
    KIN_ROW_INPUTS,     /* int32: how many inputs */
    KIN_ROW_OUTPUTS,    /* int32: how many outputs */
    KIN_ROW_MULTIPLIER, /* int32: channels of the output for one of the input */
    KIN_ROW_IN_TYPE     /* int8 TensorType of the input */
} kin_row_kind;

typedef struct {
    kin_row_kind       kind;
    int                field;     /* its number in the options table */
    const char        *name;      /* its name there */
    const char        *attribute; /* ours */
    int                at;        /* KIN_ROW_AT */
    int                fallback;  /* the schema's default, where it is not 0 */
    const char *const *words;     /* KIN_ROW_WORD, NULL behind the last */
} kin_operator_row;

typedef struct {
    int32_t                 code;    /* BuiltinOperator */
    const char             *op;      /* ours */
    int                     options; /* BuiltinOptions type that `row` belongs to */
    const kin_operator_row *row;     /* up to KIN_ROW_END; NULL: none */
    size_t                  least;   /* inputs that it needs, where our op may have fewer */
} kin_operator;

/* NULL when the code is not in the table. */
const kin_operator *kin_operator_find(int32_t code);
/* The i-th line, NULL behind the last. */
const kin_operator *kin_operator_at(size_t i);
/* The operator for the node's op and number of inputs; where there are several, that of the highest code. NULL when the
 * table has none. */
const kin_operator *kin_operator_for(const kin_node *node);
/* The version in which TensorFlow Lite's operator learnt what this node needs. */
int kin_operator_version(const kin_graph *graph, const kin_node *node);
/* "CONV_2D", of every code in the schema; NULL when there is none. */
const char *kin_operator_name(int32_t code);

/* ActivationFunctionType: our op, NULL when it has none, and the word of the attribute "activation" or NULL. */
typedef struct {
    const char *op, *word;
} kin_fused_activation;
const kin_fused_activation *kin_fused_find(int8_t value); /* NULL: unknown */
/* The value whose word this is; -1: none. */
int kin_fused_value(const char *word);

#endif
