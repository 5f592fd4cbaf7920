/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan as a table for people: a row a step with its kernel, shape, parameters, multiply-adds; totals.
 */
#ifndef KIN_NN_PLAN_DESCRIBE_H
#define KIN_NN_PLAN_DESCRIBE_H

#include "nn/plan/plan.h"

typedef struct {
    const char *op;     /* "conv2d"; "copy" */
    const char *name;   /* the node's in the file; print it with kin_printable */
    const char *kernel; /* "winograd avx2"; "scalar"; "none": a reshape that moves nothing */
    char        fused[160]; /* attributes that differ from their default: "stride=2,2 activation=prelu" */
    kin_shape   shape;  /* of the first output */
    kin_type    type;
    uint64_t    parameters; /* numbers in its float constants */
    uint64_t    macs;
} kin_row;

typedef struct {
    uint64_t parameters; /* shared constants count once */
    uint64_t macs;
    uint64_t arena_bytes;  /* the plan's values and scratch memory */
    uint64_t packed_bytes; /* what all plans of the graph share: folded and packed constants */
} kin_row_totals;

size_t         kin_plan_rows(const kin_plan *plan);
kin_row        kin_plan_row(const kin_plan *plan, size_t i); /* i below kin_plan_rows */
kin_status     kin_plan_totals(const kin_plan *plan, kin_row_totals *out);

#endif
