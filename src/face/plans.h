/* SPDX-License-Identifier: Apache-2.0
 *
 * The last few plans of one network, by input shape: a photo of a size seen lately needs no new plan.
 */
#ifndef KIN_FACE_PLANS_H
#define KIN_FACE_PLANS_H

#include "kin/model.h"

enum { KIN_PLANS_KEPT = 4 };

typedef struct {
    kin_context *ctx;   /* carries the plans' memory and threads */
    kin_graph   *graph; /* borrowed */
    struct {
        kin_plan *plan; /* NULL: free place */
        kin_shape shape;
        uint64_t  used; /* the greatest was used last */
    } kept[KIN_PLANS_KEPT];
    uint64_t clock;
} kin_plans;

/* *out = a plan of [n, height, width, 3], valid until the next call. When memory does not suffice, the plans kept are
 * given up before that is an error. */
kin_status kin_plans_get(kin_plans *plans, int64_t n, int64_t height, int64_t width, kin_plan **out);
void       kin_plans_free(kin_plans *plans);

/* Numbers of output 0 for one picture of height x width: as the file says, else as a plan does; 0 when it is not
 * [n, ..., numbers]. */
kin_status kin_plans_width(kin_plans *plans, int64_t height, int64_t width, size_t *out);

/* Runs a plan for `batch` pictures; *y = output 0, which must be float32 [batch, ..., width]. */
kin_status kin_plans_run(const kin_plans *plans, kin_plan *plan, size_t batch, size_t width, const float **y);

/* Whether `graph` is a network of pictures: one float32 input [n, h, w, 3] (or unknown sizes), some output. */
kin_status kin_plans_check(kin_context *ctx, const kin_graph *graph, const char *what);

#endif
