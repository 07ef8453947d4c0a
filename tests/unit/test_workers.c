/* SPDX-License-Identifier: MIT */
#include "tracer/workers.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

#include "unit/run.h"
#include "unit/sandbox.h"

#define MANY 50

static pthread_barrier_t all_at_once;
static sem_t is_done;

static void meet(struct worker_job *job)
{
    (void)job;
    pthread_barrier_wait(&all_at_once);
    sem_post(&is_done);
}

static void finish(struct worker_job *job)
{
    (void)job;
    sem_post(&is_done);
}

static void await_all(int count)
{
    for (int i = 0; i < count; i++)
        while (sem_wait(&is_done) != 0)
            ;
}

static void begin_all(void (*run)(struct worker_job *))
{
    static struct worker_job jobs[MANY];

    for (int i = 0; i < MANY; i++) {
        jobs[i].run = run;
        ck_assert_int_eq(workers_begin(&jobs[i]), 0);
    }
    await_all(MANY);
}

/* A test that never ends is the failure here. */
START_TEST(jobs_may_wait_for_each_other)
{
    sem_init(&is_done, 0, 0);
    pthread_barrier_init(&all_at_once, NULL, MANY);
    for (int round = 0; round < 20; round++) {
        begin_all(meet);
        begin_all(finish);
    }
}
END_TEST

static pid_t last_thread;

static void note_thread(struct worker_job *job)
{
    (void)job;
    last_thread = gettid();
    sem_post(&is_done);
}

/* How many new threads a thousand jobs in a row took: 1,000 if none were kept. */
START_TEST(threads_serve_again)
{
    struct worker_job job = {note_thread, NULL};
    pid_t newest = 0;
    int started = 0;

    sem_init(&is_done, 0, 0);
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(workers_begin(&job), 0);
        await_all(1);
        started += last_thread > newest;
        newest = last_thread > newest ? last_thread : newest;
    }
    ck_assert_int_lt(started, 100);
}
END_TEST

static void begin_one(void)
{
    static struct worker_job job = {finish, NULL};

    ck_assert_int_eq(workers_begin(&job), 0);
    await_all(1);
}

/* An emulator has threads of its own, which the process's list names too: they are there once a first one was started. */
START_TEST(few_are_kept)
{
    int others;

    sem_init(&is_done, 0, 0);
    begin_one();
    others = count_names("/proc/self/task") - 1;
    begin_all(finish);
    while (count_names("/proc/self/task") > others + 4)
        sched_yield();
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, jobs_may_wait_for_each_other);
    tcase_add_test(tcase, threads_serve_again);
    tcase_add_test(tcase, few_are_kept);
}

int main(void)
{
    return run_tests("workers", add);
}
