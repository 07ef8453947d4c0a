/* SPDX-License-Identifier: MIT */
#include "tracer/workers.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>

#define STACK_SIZE ((size_t)128 * 1024)
#define KEPT 4 /* idle threads; one more if another job ends while a thread is being started */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t jobs_waiting;
static struct worker_job *first;
static struct worker_job **last = &first;
static int spare; /* idle threads, minus the jobs that wait for one */
static int count; /* of threads */
static int limit;

/* ---- in a worker ---- */

static struct worker_job *await_job(void)
{
    struct worker_job *job;

    while (sem_wait(&jobs_waiting) != 0)
        ;
    pthread_mutex_lock(&lock);
    job = first;
    first = job->next;
    if (!first)
        last = &first;
    pthread_mutex_unlock(&lock);
    return job;
}

/* Called after a job: whether this thread is to wait for another one. Otherwise it ends. */
static int is_kept(void)
{
    int result;

    pthread_mutex_lock(&lock);
    result = spare < KEPT;
    spare += result;
    count -= !result;
    pthread_mutex_unlock(&lock);
    return result;
}

static void *work(void *unused)
{
    do {
        struct worker_job *const job = await_job();

        job->run(job);
    } while (is_kept());
    return unused;
}

/* ---- in the thread that has jobs ---- */

/* Workers block all signals: one would interrupt what a job waits for. */
static int start(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    result = pthread_create(&thread, &attributes, work, NULL);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -result;
}

static int start_counted(void)
{
    const int result = start();

    pthread_mutex_lock(&lock);
    spare += result == 0;
    count += result == 0;
    pthread_mutex_unlock(&lock);
    return result;
}

int workers_start(int most)
{
    limit = most;
    sem_init(&jobs_waiting, 0, 0);
    return start_counted();
}

void workers_begin(struct worker_job *job)
{
    pthread_mutex_lock(&lock);
    job->next = NULL;
    *last = job;
    last = &job->next;
    spare--;
    pthread_mutex_unlock(&lock);
    sem_post(&jobs_waiting);
    workers_grow();
}

int workers_grow(void)
{
    int is_short;
    int is_full;

    do {
        pthread_mutex_lock(&lock);
        is_short = spare < 0;
        is_full = count >= limit;
        pthread_mutex_unlock(&lock);
    } while (is_short && !is_full && start_counted() == 0);
    return is_short ? -EAGAIN : 0;
}
