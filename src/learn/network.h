/* SPDX-License-Identifier: Apache-2.0
 *
 * kin_teach_network: a network that learns from pictures as a whole, or from one of its layers on: fine-tuning, embeddings by
 * metric losses, distillation.
 */
#ifndef KIN_LEARN_NETWORK_H
#define KIN_LEARN_NETWORK_H

#include "learn/course.h"

typedef struct {
    const char *loss;        /* learn/losses.h */
    const char *from;        /* the first layer that learns, by name; or a number: so many of the last layers with weights do;
                              * NULL: all */
    double      base_rate;   /* factor of the rate of all layers but one named "head"; 0: 1 */
    size_t      epochs, batch;
    size_t      photos;      /* of a person in a batch, for losses over pairs and triplets; 0: 4 */
    const char *optimiser, *schedule; /* NULL: as the trainer's */
    double      rate;
    uint64_t    seed;
    const kin_recipe  *recipe;
    const kin_teacher *teacher;
    const char *checkpoint;  /* path, NULL: none */
    double      minutes;
    bool        resume;
    const char *name;        /* of the course: what a checkpoint must belong to, beside the numbers above */
    kin_status (*report)(void *user, const kin_course_report *report);
    void       *user;
} kin_network_options;

/* *out = `graph` with other weights, to be freed before it. `trained` (may be NULL): how many of its numbers learnt.
 * KIN_E_NOT_FOUND: no such layer; KIN_E_LIMIT: the text says how much memory is needed, before anything begins; KIN_E_CANCELLED
 * as kin_course_run. */
kin_status kin_teach_network(const kin_dataset *set, kin_graph *graph, const kin_network_options *options, uint64_t *trained,
                             kin_graph **out);

/* Whether that could begin, by its layers and its memory: the same errors, and nothing is changed. */
kin_status kin_teach_fits(const kin_dataset *set, kin_graph *graph, const kin_network_options *options);

#endif
