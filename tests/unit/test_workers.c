/* SPDX-License-Identifier: MIT */
#include "tracer/workers.h"

#include <stdio.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>
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
        workers_begin(&jobs[i]);
    }
    await_all(MANY);
}

/* Before the first job. */
static void set_up(int most)
{
    sem_init(&is_done, 0, 0);
    ck_assert_int_eq(workers_start(most), 0);
}

/* A test that never ends is the failure here. */
START_TEST(jobs_may_wait_for_each_other)
{
    set_up(MANY);
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

    set_up(MANY);
    for (int i = 0; i < 1000; i++) {
        workers_begin(&job);
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

    workers_begin(&job);
    await_all(1);
}

/* An emulator has threads of its own, which the process's list names too: they are there once a first one was started. */
START_TEST(few_are_kept)
{
    int others;

    set_up(MANY);
    begin_one();
    others = count_names("/proc/self/task") - 1;
    begin_all(finish);
    while (count_names("/proc/self/task") > others + 5)
        sched_yield();
}
END_TEST

static sem_t may_end;

static void wait_to_end(struct worker_job *job)
{
    while (sem_wait(&may_end) != 0)
        ;
    finish(job);
}

/* With `most` threads and one job more than that, which is done once one of them is free. */
START_TEST(jobs_wait_where_no_thread_can_be_had)
{
    struct worker_job jobs[4];
    const int most = _i;

    set_up(most);
    sem_init(&may_end, 0, 0);
    for (int i = 0; i <= most; i++) {
        jobs[i].run = wait_to_end;
        workers_begin(&jobs[i]);
    }
    ck_assert_int_eq(workers_grow(), -EAGAIN);
    sem_post(&may_end);
    await_all(1);
    for (int i = 0; i < most; i++)
        sem_post(&may_end);
    await_all(most);
    ck_assert_int_eq(workers_grow(), 0);
}
END_TEST

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif

#ifndef UNDER_ASAN
/* As where RLIMIT_NPROC is lifted later: what waited need not wait for the others. */
START_TEST(jobs_that_waited_get_a_thread_once_there_are_some)
{
    struct worker_job first = {wait_to_end, NULL};
    struct worker_job second = {finish, NULL};
    struct rlimit limit;
    struct rlimit none;

    set_up(2);
    sem_init(&may_end, 0, 0);
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
    none = (struct rlimit){1, limit.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
    workers_begin(&first);
    workers_begin(&second);
    ck_assert_int_eq(workers_grow(), -EAGAIN);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(workers_grow(), 0);
    await_all(1);
    sem_post(&may_end);
    await_all(1);
}
END_TEST
#endif

static void add(TCase *tcase)
{
    tcase_add_test(tcase, jobs_may_wait_for_each_other);
    tcase_add_test(tcase, threads_serve_again);
    tcase_add_test(tcase, few_are_kept);
    tcase_add_loop_test(tcase, jobs_wait_where_no_thread_can_be_had, 1, 4);
#ifdef UNDER_ASAN
    puts("skipped: AddressSanitizer itself ends a process that has no memory left");
#else
    tcase_add_test(tcase, jobs_that_waited_get_a_thread_once_there_are_some);
#endif
}

int main(void)
{
    return run_tests("workers", add);
}
