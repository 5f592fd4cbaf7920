/* SPDX-License-Identifier: Apache-2.0
 *
 * A course: batches of a set through a trainer, epoch after epoch, with checkpoints; it may be broken off at any moment and
 * taken up again, and ends with the same bits.
 */
#ifndef KIN_LEARN_COURSE_H
#define KIN_LEARN_COURSE_H

#include "learn/loader.h"
#include "learn/trainer.h"

/* A network whose outputs are the target: fed with the same crops, as its own card says. */
typedef struct {
    kin_graph      *graph;
    const kin_card *card; /* of the same width and height as the set's */
} kin_teacher;

typedef struct {
    uint64_t step, steps, epoch, epochs;
    double   loss;   /* mean of the epoch's steps so far */
    double   spread; /* of the output (kin_trainer_spread) */
    double   rate;
    double   pictures_per_second;
    bool     epoch_ends;
    bool     again;  /* values are computed twice, to fit into the memory limit */
} kin_course_report;

typedef struct {
    const kin_dataset *set;
    kin_trainer       *trainer;
    kin_sampling       sampling; /* its batch is the trainer's */
    const kin_recipe  *recipe;   /* NULL: none */
    uint64_t           epochs;
    const kin_teacher *teacher;  /* where the loss takes a teacher's values */
    const char        *checkpoint; /* path; NULL: none are made */
    double             minutes;  /* between checkpoints; 0: 10 */
    bool               resume;   /* begin with the checkpoint */
    const char        *name;     /* what a checkpoint must belong to: data, options */
    /* About once a second and at the end of each epoch; a status other than KIN_OK ends the course. NULL: none. */
    kin_status (*report)(void *user, const kin_course_report *report);
    void *user;
} kin_course;

/* Steps of an epoch, for the trainer's schedule. */
kin_status kin_course_steps(const kin_dataset *set, const kin_sampling *sampling, size_t *steps);

/* KIN_E_CANCELLED: broken off, a checkpoint was written where there is a path. At the end the checkpoint is taken away. */
kin_status kin_course_run(const kin_course *course);

#endif
