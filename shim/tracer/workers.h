/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_WORKERS_H
#define NOCLOBBER_TRACER_WORKERS_H

/*
 * Threads that do one job after the other. There are as many as there are jobs, because a job may
 * wait for what another one does; a few are kept when they have nothing to do, because to start one
 * costs more than most jobs. Where no more can be had (RLIMIT_NPROC, a cgroup's pids.max, memory), jobs wait for
 * those that exist.
 *
 * Conventions: for one thread.
 */

struct worker_job {
    void (*run)(struct worker_job *job); /* may free the job */
    struct worker_job *next;             /* workers' own */
};

/* Starts the first thread; there will be no more than `most` at once. Returns 0 or -errno. */
int workers_start(int most);

/* Has `job` done, soon. */
void workers_begin(struct worker_job *job);

/* Starts a thread for each job that waits for one. Returns 0, or -EAGAIN if jobs still wait. */
int workers_grow(void);

#endif
