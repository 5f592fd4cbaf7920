/* SPDX-License-Identifier: Apache-2.0
 *
 * Time that never runs backwards, the date, and lines for whoever looks for a fault (KIN_LOG=debug).
 */
#ifndef KIN_OS_CLOCK_H
#define KIN_OS_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment; only differences mean anything. */
int64_t kin_clock_ns(void);
/* Seconds since 1970, UTC. */
int64_t kin_clock_unix(void);

/* One line to standard error when KIN_LOG=debug, else nothing (printf format, no newline). */
void kin_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
