/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_WORKERS_H
#define NOCLOBBER_TRACER_WORKERS_H

/*
 * A pool of threads that run jobs. Each job gets a thread of its own, because a job may wait for
 * what another one does. A few idle threads are kept, because starting one costs more than most
 * jobs. If no more threads can be started (RLIMIT_NPROC, a cgroup's pids.max, memory), jobs wait
 * for a free one.
 *
 * Conventions: all functions are for one and the same thread; `run` is called in a worker.
 */

struct worker_job {
    void (*run)(struct worker_job *job); /* the pool does not touch the job afterwards */
    struct worker_job *next;             /* for the pool */
};

/* Starts the first thread; there will be at most `most`. Returns 0, or -errno of pthread_create(3).
 * Call it once, first. */
int workers_start(int most);

/* Queues `job`, whose `run` is set, and returns at once. The caller owns the job, which must stay
 * valid until `run` is called. */
void workers_begin(struct worker_job *job);

/* Tries to start a thread for each job that waits for one. Returns 0, or -EAGAIN if jobs still
 * wait. */
int workers_grow(void);

#endif
