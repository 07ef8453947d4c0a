/* SPDX-License-Identifier: MIT */
#include "preload/aside.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include "preload/raw.h"

/* A thread is gone after microseconds; one that a debugger stops is not waited for. */
#define TRIES_MAX 10000

struct work {
    int (*function)(void *);
    void *argument;
    int result;
};

/*
 * clone(2) returns twice on the same stack: first in the thread, and when that has ended, in the
 * caller. So the instruction must be in the frame of `begin` itself, and the thread must not return
 * from it. The thread needs no stack of its own: CLONE_VFORK keeps the caller from using this one.
 */
__attribute__((noinline)) static long begin(struct work *work)
{
    const long flags = CLONE_VM | CLONE_VFORK | CLONE_SIGHAND | CLONE_THREAD;
#ifdef __s390x__
    const long id = raw_call(SYS_clone, 0, flags, 0, 0, 0, 0);
#else
    const long id = raw_call(SYS_clone, flags, 0, 0, 0, 0, 0);
#endif

    if (id == 0) {
        work->result = work->function(work->argument);
        for (;;)
            raw_call(SYS_exit, 0, 0, 0, 0, 0, 0);
    }
    return id;
}

/* CLONE_VFORK wakes the caller when the thread releases its memory, before its descriptors. */
static void wait_until_gone(long id)
{
    const long process = raw_call(SYS_getpid, 0, 0, 0, 0, 0, 0);

    for (int i = 0; i < TRIES_MAX && raw_call(SYS_tgkill, process, id, 0, 0, 0, 0) == 0; i++)
        raw_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

int aside_run(int (*function)(void *), void *argument)
{
    const unsigned long long blocked = ~(1ULL << (SIGSYS - 1));
    unsigned long long before = 0;
    struct work work = {function, argument, -EINTR};
    long id = raw_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&blocked, (long)&before, sizeof blocked,
                       0, 0);

    if (id < 0)
        return (int)id;
    id = begin(&work);
    if (id > 0)
        wait_until_gone(id);
    raw_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof before, 0, 0);
    return id < 0 ? (int)id : work.result;
}
