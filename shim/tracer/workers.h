/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_WORKERS_H
#define NOCLOBBER_TRACER_WORKERS_H

/*
 * Threads that do one job after the other. There are always as many as there are jobs, for a job may
 * wait for what another one does; a few are kept when they have nothing to do, because to start one
 * costs more than most jobs.
 */

struct worker_job {
    void (*run)(struct worker_job *job); /* may free the job */
    struct worker_job *next;             /* workers' own */
};

/* Has `job` done, soon. Returns 0, or -errno when no thread could be had. For one thread. */
int workers_begin(struct worker_job *job);

#endif
