/* SPDX-License-Identifier: Apache-2.0
 *
 * How many threads are worth starting here.
 */
#ifndef KIN_OS_CORES_H
#define KIN_OS_CORES_H

#include <stddef.h>

enum { KIN_THREADS_MAX = 256 };

/* Cores that this process may use, 1 .. KIN_THREADS_MAX: a container's share is often less than the machine has, and more
 * threads than that only make each other wait. */
size_t kin_cores(void);

/* The cores that the text of a cgroup's cpu.max grants ("150000 100000": two, rounded up), 0: as many as there are.
 * Documentation/admin-guide/cgroup-v2.rst of Linux. */
size_t kin_cores_granted(const char *cpu_max);

#endif
