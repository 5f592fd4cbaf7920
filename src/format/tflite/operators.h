/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of our ops a TensorFlow Lite operator is, and how its options become attributes: a table (operators.c).
 */
#ifndef KIN_FORMAT_TFLITE_OPERATORS_H
#define KIN_FORMAT_TFLITE_OPERATORS_H

#include <stddef.h>
#include <stdint.h>

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
    KIN_ROW_REFUSE /* int8 or bool that must be 0: another value means something that we cannot do */
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
    const char             *preset;  /* attributes that this operator stands for, as kin_attrs_parse takes them */
    int                     options; /* BuiltinOptions type that `row` belongs to */
    const kin_operator_row *row;     /* up to KIN_ROW_END; NULL: none */
    const char             *order;   /* which of its inputs each of ours is, "10": swapped; NULL: the same */
} kin_operator;

/* NULL when the code is not in the table. */
const kin_operator *kin_operator_find(int32_t code);
/* The i-th line, NULL behind the last. */
const kin_operator *kin_operator_at(size_t i);
/* "CONV_2D", of every code in the schema; NULL when there is none. */
const char *kin_operator_name(int32_t code);

/* ActivationFunctionType: our op, NULL when it has none, and the word of the attribute "activation" or NULL. */
typedef struct {
    const char *op, *word, *preset;
} kin_fused_activation;
const kin_fused_activation *kin_fused_find(int8_t value); /* NULL: unknown */

#endif
