/* SPDX-License-Identifier: Apache-2.0
 *
 * The interface through which the heart splits work without owning threads. The serial form is here;
 * os/pool.h has the one over threads.
 */
#ifndef KIN_BASE_SPLITTER_H
#define KIN_BASE_SPLITTER_H

#include <stddef.h>

/* One piece of work: `index` of 0 .. count-1; `worker` of 0 .. width-1, two pieces that run at the same
 * time never have the same one (it picks scratch memory). */
typedef void (*kin_task)(void *arg, size_t index, size_t worker);

typedef struct kin_splitter kin_splitter;
struct kin_splitter {
    size_t width; /* the most pieces that run at the same time, at least 1 */
    void (*run)(kin_splitter *self, kin_task task, void *arg, size_t count); /* returns when all are done */
};

extern kin_splitter kin_splitter_serial;

static inline void kin_split(kin_splitter *s, kin_task task, void *arg, size_t count)
{
    if (s->width == 1)
        for (size_t i = 0; i < count; i++) task(arg, i, 0);
    else if (count)
        s->run(s, task, arg, count);
}

#endif
