/* SPDX-License-Identifier: Apache-2.0
 *
 * A progress line on a terminal for all that takes over a second.
 */
#ifndef KIN_APP_PROGRESS_H
#define KIN_APP_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    bool        on;
    bool        drawn;
    uint64_t    start_ns, last_ns;
    const char *what; /* "photos" */
    size_t      total;
} kin_progress;

kin_progress kin_progress_start(const char *what, size_t total, bool quiet);
void         kin_progress_step(kin_progress *progress, size_t done);
/* Takes the line away (before other text goes out, and at the end). */
void kin_progress_clear(kin_progress *progress);

#endif
