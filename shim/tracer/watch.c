/* SPDX-License-Identifier: MIT */
/*
 * If no call is pending and few threads are traced, waitpid(2) alone is enough. A pending call's
 * worker must be able to wake us, and a signal cannot do that safely during waitpid(2): it may
 * arrive just before. So while calls are pending we wait for signals (sigtimedwait(2)); SIGCHLD
 * announces each stop.
 *
 * waitpid(-1) walks the list of all tracees, so thousands of sleeping ones would make each stop
 * expensive. SIGCHLD names the thread that has stopped, but while one SIGCHLD is pending the kernel
 * drops the next. So with many tracees, we ask only for the thread that the signal names, and for
 * all of them just often enough that it takes a small part of the time; a stop whose signal was
 * dropped waits until then.
 */
#include "tracer/watch.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "tracer/pending.h"
#include "tracer/stops.h"

#define FEW 64                /* up to that many tracees, waitpid(-1) is cheap */
#define PAUSE 2000LL          /* nanoseconds per tracee from one waitpid(-1) to the next */
#define PAUSE_MAX 100000000LL /* but not more than that */
#define RETRY 50000000LL      /* nanoseconds until we try again to start a worker */

struct watch {
    const struct policy *policy;
    long tracees;        /* an estimate: execve(2) may end threads without a stop */
    long long last_look; /* when waitpid(-1) was last called until nothing was left */
    int is_behind;       /* a SIGCHLD came since: others may have been dropped */
    int is_over;         /* nobody is left to trace */
};

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int is_start(int event)
{
    return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE;
}

static void handle(struct watch *watch, pid_t thread, int status)
{
    const int event = status >> 16;

    if (is_start(event))
        watch->tracees++;
    else if (!WIFSTOPPED(status) || event == PTRACE_EVENT_EXIT)
        watch->tracees--;
    stops_handle(watch->policy, thread, status);
}

/* ---- few ---- */

static void wait_for_any(struct watch *watch)
{
    int status;
    const pid_t thread = waitpid(-1, &status, __WALL);

    if (thread > 0)
        handle(watch, thread, status);
    watch->is_over = thread < 0 && errno == ECHILD;
}

/* ---- many, or beside workers ---- */

struct stop {
    pid_t thread;
    int status;
};

/* Collects up to `most` stops; returns how many. */
static int take(struct watch *watch, struct stop *stops, int most)
{
    int count = 0;
    pid_t thread = 1;

    while (count < most && thread > 0) {
        thread = waitpid(-1, &stops[count].status, WNOHANG | __WALL);
        stops[count].thread = thread;
        count += thread > 0;
    }
    watch->is_over = thread < 0 && errno == ECHILD;
    return count;
}

/* With many tracees, collects a batch before any of it continues: one that stops again at once
 * would be found first each time, and the others never. */
static void look_at_all(struct watch *watch)
{
    struct stop stops[FEW];
    const int most = watch->tracees < FEW ? 1 : FEW;
    int count;

    do {
        count = take(watch, stops, most);
        for (int i = 0; i < count; i++)
            handle(watch, stops[i].thread, stops[i].status);
    } while (count == most);
    watch->is_behind = 0;
    if (watch->tracees >= FEW)
        watch->last_look = now();
}

/* Nanoseconds until the next waitpid(-1); 0 or less: now. */
static long long patience(const struct watch *watch)
{
    const long long pause = watch->tracees * PAUSE;

    if (watch->tracees < FEW)
        return 0;
    return watch->last_look + (pause < PAUSE_MAX ? pause : PAUSE_MAX) - now();
}

/* `thread` is the one that SIGCHLD names, or 0 if it names none. */
static void on_stop(struct watch *watch, pid_t thread)
{
    int status;

    if (thread <= 0 || patience(watch) <= 0) {
        look_at_all(watch);
        return;
    }
    watch->is_behind = 1;
    if (waitpid(thread, &status, WNOHANG | __WALL) == thread)
        handle(watch, thread, status);
}

/* Waits for a signal, or until something is due without one. */
static int await_signal(const struct watch *watch, siginfo_t *info)
{
    const int is_short = pending_grow() < 0;
    long long left = is_short ? RETRY : 0;
    struct timespec limit;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, PENDING_SIGNAL);
    if (watch->is_behind)
        left = patience(watch);
    limit = (struct timespec){0, (long)(left > 0 ? left : 0)};
    return sigtimedwait(&signals, info, is_short || watch->is_behind ? &limit : NULL);
}

static void wait_for_signal(struct watch *watch)
{
    siginfo_t info;

    switch (await_signal(watch, &info)) {
    case SIGCHLD: on_stop(watch, info.si_code > 0 ? info.si_pid : 0); break;
    case PENDING_SIGNAL: break;
    default: look_at_all(watch); break;
    }
    pending_serve();
}

void watch_all(const struct policy *policy)
{
    struct watch watch = {.policy = policy, .tracees = 1};

    while (!watch.is_over || pending_count() > 0)
        if (pending_count() == 0 && watch.tracees < FEW)
            wait_for_any(&watch);
        else
            wait_for_signal(&watch);
}
