/* SPDX-License-Identifier: Apache-2.0
 *
 * What an op is. nn/ops/NAME.c holds the whole of one: attributes, shape inference, the scalar truth,
 * multiply-adds, a random instance for the tests. nn/ops.def lists them; registry, documentation, readers and tests
 * are made from these structs.
 */
#ifndef KIN_NN_OP_H
#define KIN_NN_OP_H

#include "base/random.h"
#include "nn/tensor.h"

/* --- attributes: fields of the op's own struct, described by a table --- */

typedef enum {
    KIN_ATTR_INT,   /* int64_t */
    KIN_ATTR_FLOAT, /* double */
    KIN_ATTR_BOOL,  /* bool */
    KIN_ATTR_INTS,  /* kin_ints */
    KIN_ATTR_ENUM,  /* int, an index into `words` */
    KIN_ATTR_TYPE   /* int, a kin_type; written by its name */
} kin_attr_kind;

enum { KIN_INTS_MAX = 16 };
typedef struct {
    int     count;
    int64_t value[KIN_INTS_MAX];
} kin_ints;

typedef struct {
    const char        *name; /* "stride" */
    kin_attr_kind      kind;
    size_t             offset; /* in the attribute struct */
    const char        *fallback; /* its value when it is not given, as text: "1,1". "" for an empty list */
    const char *const *words;  /* KIN_ATTR_ENUM: the values' names, NULL behind the last */
    const char        *doc;    /* a short phrase for docs/ops.md */
} kin_attr;

/* --- a call: one node with its tensors, for inference, running and counting --- */

typedef struct {
    kin_context             *ctx;    /* error text; only in infer */
    const char              *name;   /* the node's, for messages */
    const void              *attrs;  /* the op's attribute struct */
    size_t                   in_count, out_count;
    const kin_tensor *const *in;     /* NULL for an optional input that is left out */
    kin_tensor *const       *out;
} kin_call;

typedef struct kin_draw kin_draw; /* see below */

/* --- reverse mode --- */

/* The forward call again, with gradients of one number by its outputs and inputs. Every tensor's shape is known; values
 * of in[] and out[] are there only where kin_op.backward_reads names them. */
typedef struct {
    const kin_call          *call;
    const kin_tensor *const *dy; /* [out_count], the shapes of out[]; NULL: zero */
    kin_tensor *const       *dx; /* [in_count], the shapes of in[]; NULL: not wanted */
} kin_back;

/* What the gradient by one input reads: bit i of `in` for in[i], of `out` for out[i]. */
typedef struct {
    uint32_t in, out;
} kin_reads;

enum { KIN_BACK_MOST = 64 }; /* inputs or outputs of a node that gradients pass through */

typedef struct kin_op {
    const char     *name;    /* "conv2d" */
    const char     *summary; /* one line for people: "2-D convolution, NHWC, weights [out, kh, kw, in / groups]" */
    const char     *inputs;  /* their names in order, "x weights bias? slope?": `?` may be left out, `...` any number more */
    int             in_min, in_max;   /* inputs; in_max KIN_MANY: any number */
    int             out_min, out_max;
    size_t          attrs_size;
    const kin_attr *attr; /* table, attr_count entries */
    size_t          attr_count;

    /* Whether the outputs are known once the inputs' shapes are, without their values (shape). */
    bool of_shapes;
    /* Whether out[0] may stand in in[0]'s memory (elementwise ops, reshape). */
    bool in_place;

    /* Fills type, shape and quant of every out[i] from in[] (shapes known; data non-NULL where the value is a known
     * constant: sizes, axes, paddings) and checks all that forward relies on: forward has no errors. Foreign files
     * reach this: every attribute, type, rank and product is checked, messages name the node and the field.
     * An input whose value is needed here but not constant is KIN_E_UNSUPPORTED. */
    kin_status (*infer)(const kin_call *call);

    /* The scalar truth: reads in[i]->data, writes out[i]->data. Written to be read; double accumulators where that is
     * the honest truth. Allocates nothing. */
    void (*forward)(const kin_call *call);

    /* The scalar truth of the gradient: writes every element of each dx[i] that is wanted. NULL: no gradient passes, either
     * because the output does not change with the inputs but in steps (`flat`), or because nobody has needed it yet. Only
     * bare calls come here, without a fused epilogue or activation (nn/grad/grad.h takes them apart). */
    void (*backward)(const kin_back *back);
    uint64_t  backward_to;                 /* bit i: in[i] may have a gradient */
    kin_reads backward_reads[5];           /* by the number of the input whose gradient is wanted; nothing for later ones */
    bool      backward_apart;              /* gradients by several inputs share no work: each gets a node of its own */
    bool      backward_in_place;           /* dx[0] may stand in dy[0]'s memory when it alone is wanted */
    uint64_t  weights;                     /* bit i: in[i] is a weight: a constant that training changes */
    bool      flat;                        /* steps, comparisons, shapes: a gradient ends here as zero */

    /* Whether the values of in[i] are read (its shape always may be). NULL: of all. A plan frees what is not read. */
    bool (*reads)(const void *attrs, size_t in);

    /* Multiply-adds of this call, NULL: none worth counting. */
    int64_t (*macs)(const kin_call *call);

    /* Draws a random valid instance (attributes, inputs, constants) for the tests. */
    kin_status (*draw)(kin_draw *draw);
} kin_op;

enum { KIN_MANY = 1 << 20 };

/* The forward of ops whose output is the bytes of input 0 under another shape; a plan lets both stand in one memory. */
void kin_op_same_bytes(const kin_call *call);
/* Their backward. */
void kin_op_same_bytes_backward(const kin_back *back);
#define KIN_SAME_BYTES_BACKWARD .backward = kin_op_same_bytes_backward, .backward_to = 1, .backward_in_place = true

/* All ops, in the order of ops.def. */
extern const kin_op *const kin_ops[];
extern const size_t        kin_op_count;
const kin_op              *kin_op_find(const char *name); /* NULL when there is none */
#define KIN_OP(name, ...) extern const kin_op kin_op_##name;
#include "nn/ops.def"
#undef KIN_OP

/* Sets every attribute in `attrs` (op->attrs_size bytes) to its fallback. */
kin_status kin_attrs_default(kin_context *ctx, const kin_op *op, void *attrs);
/* Sets attributes from "name=value name=value". KIN_E_USAGE names what is wrong. */
kin_status kin_attrs_parse(kin_context *ctx, const kin_op *op, const char *text, void *attrs);
/* The attribute called `name`, NULL when the op has none. */
const kin_attr *kin_attr_find(const kin_op *op, const char *name);
/* Whether it has the value that it has when it is not given. */
bool kin_attr_is_fallback(const kin_attr *attr, const void *attrs);
/* Prints the attributes that differ from their fallback, "stride=2,2 padding=same". Returns `out`. */
const char *kin_attrs_text(const kin_op *op, const void *attrs, char *out, size_t size);

/* Helpers for infer (all set the error text with the node's name). */
kin_status kin_op_fail(const kin_call *call, kin_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
kin_status kin_expect_rank(const kin_call *call, size_t in, int least, int most);
/* The constant integers of input `in` (int32 or int64, rank 0 or 1, at most `most`), e.g. a new shape. */
kin_status kin_expect_ints(const kin_call *call, size_t in, size_t most, kin_ints *out);
/* axis in [-rank, rank) -> [0, rank). */
kin_status kin_expect_axis(const kin_call *call, int64_t axis, int rank, int *out);

/* --- drawing random instances --- */

struct kin_draw {
    kin_context *ctx;
    kin_arena    arena; /* of everything drawn */
    kin_random   random;
    void        *attrs; /* defaults already set */
    size_t       in_count, out_count;
    kin_tensor   in[16];
    bool         constant[16]; /* in[i] is a constant of the graph (weights, axes), not an input */
};
/* Makes in[i]: float32 uniform in [low, high), integers uniform in [low, high]. */
kin_status kin_draw_tensor(kin_draw *draw, size_t i, kin_type type, kin_shape shape, double low, double high,
                           bool constant);
/* Makes in[i] a constant int32 vector. */
kin_status kin_draw_ints(kin_draw *draw, size_t i, int count, const int64_t *value);

#endif
