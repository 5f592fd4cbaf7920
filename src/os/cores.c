/* SPDX-License-Identifier: Apache-2.0
 *
 * Cores: those of the machine, of the process's affinity, of the container's quota; the least counts.
 */
#include "os/cores.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

size_t kin_cores_granted(const char *cpu_max)
{
    unsigned long long quota, period;
    if (sscanf(cpu_max, "%llu %llu", &quota, &period) != 2 || !quota || !period) return 0; /* "max 100000" */
    unsigned long long cores = quota / period + (quota % period != 0);
    return cores < KIN_THREADS_MAX ? (size_t)cores : KIN_THREADS_MAX;
}

static size_t of_quota(void)
{
    char  text[64] = "";
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re"); /* a container sees its own group here */
    if (!file) return 0;
    if (!fgets(text, sizeof text, file)) text[0] = '\0';
    fclose(file);
    return kin_cores_granted(text);
}

size_t kin_cores(void)
{
    long n = 0;
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) n = CPU_COUNT(&set);
#endif
    if (n < 1) n = sysconf(_SC_NPROCESSORS_ONLN);
    size_t cores = n < 1 ? 1 : n > KIN_THREADS_MAX ? KIN_THREADS_MAX : (size_t)n, granted = of_quota();
    return granted && granted < cores ? granted : cores;
}
