/* SPDX-License-Identifier: MIT */
#include "tracer/limits.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

#define DESCRIPTORS_OWN 8         /* standard streams, /proc and the like */
#define DESCRIPTORS_OF_A_WORKER 8 /* most that one pending call has open at once, and a reserve */
#define DESCRIPTORS_NEEDED (DESCRIPTORS_OWN + DESCRIPTORS_OF_A_WORKER)
#define WORKERS_MAX 4096

/* The type of the first parameter of setrlimit(2). */
#ifdef __GLIBC__
#define RESOURCE enum __rlimit_resource
#else
#define RESOURCE int
#endif

/* RLIMIT_FSIZE applies to the event file, RLIMIT_NPROC to workers, RLIMIT_STACK to the main
 * thread. */
static const RESOURCE lifted[] = {RLIMIT_CPU,    RLIMIT_AS,    RLIMIT_DATA, RLIMIT_STACK,
                                  RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_NPROC};

static void lift(RESOURCE resource)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

    if (resource != RLIMIT_NOFILE && setrlimit(resource, &limit) == 0)
        return;
    if (getrlimit(resource, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(resource, &limit);
}

void limits_lift(void)
{
    for (size_t i = 0; i < sizeof lifted / sizeof *lifted; i++)
        lift(lifted[i]);
}

int limits_workers(void)
{
    struct rlimit limit = {DESCRIPTORS_NEEDED, DESCRIPTORS_NEEDED};
    rlim_t count;

    getrlimit(RLIMIT_NOFILE, &limit);
    count = (limit.rlim_cur - DESCRIPTORS_OWN) / DESCRIPTORS_OF_A_WORKER;
    return count < WORKERS_MAX ? (int)count : WORKERS_MAX;
}

/* The kernel counts processor time per process, and kills one that reaches the hard limit. */
static int check_time(char *reason, size_t size)
{
    struct rlimit limit;
    struct rlimit more;

    if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_max == RLIM_INFINITY)
        return 0;
    more = (struct rlimit){limit.rlim_cur, RLIM_INFINITY};
    if (setrlimit(RLIMIT_CPU, &more) == 0 && setrlimit(RLIMIT_CPU, &limit) == 0)
        return 0;
    snprintf(reason, size,
             "the hard limit on processor time (%llu s, ulimit -Ht) would end the tracer, and the "
             "command with it, "
             "once the tracer itself had used so much; set the soft limit alone (ulimit -St)",
             (unsigned long long)limit.rlim_max);
    return -EPERM;
}

static int check_descriptors(char *reason, size_t size)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= DESCRIPTORS_NEEDED)
        return 0;
    snprintf(reason, size,
             "the hard limit on descriptors (%llu, ulimit -Hn) is too low; the tracer needs %d",
             (unsigned long long)limit.rlim_max, DESCRIPTORS_NEEDED);
    return -EMFILE;
}

int limits_check(char *reason, size_t size)
{
    const int result = check_time(reason, size);

    return result < 0 ? result : check_descriptors(reason, size);
}
