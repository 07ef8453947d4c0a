/* SPDX-License-Identifier: MIT */
#include "tracer/workers.h"

#include <pthread.h>
#include <stddef.h>

#define STACK_SIZE ((size_t)128 * 1024)
#define KEPT 4 /* with nothing to do */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t is_wanted = PTHREAD_COND_INITIALIZER;
static struct worker_job *jobs; /* never more than idle threads */
static int idle;                /* not counting those that a job is meant for */

/* NULL: there are enough others. */
static struct worker_job *await_job(void)
{
    struct worker_job *job = NULL;

    pthread_mutex_lock(&lock);
    if (idle < KEPT) {
        idle++;
        while (!jobs)
            pthread_cond_wait(&is_wanted, &lock);
        job = jobs;
        jobs = job->next;
    }
    pthread_mutex_unlock(&lock);
    return job;
}

static void *work(void *first)
{
    for (struct worker_job *job = first; job; job = await_job())
        job->run(job);
    return NULL;
}

static int start(struct worker_job *job)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int result;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    result = pthread_create(&thread, &attributes, work, job);
    pthread_attr_destroy(&attributes);
    return -result;
}

int workers_begin(struct worker_job *job)
{
    int is_taken;

    pthread_mutex_lock(&lock);
    is_taken = idle > 0;
    if (is_taken) {
        idle--;
        job->next = jobs;
        jobs = job;
        pthread_cond_signal(&is_wanted);
    }
    pthread_mutex_unlock(&lock);
    return is_taken ? 0 : start(job);
}
