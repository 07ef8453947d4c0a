/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_ASIDE_H
#define NOCLOBBER_PRELOAD_ASIDE_H

/*
 * Work beside the host: `aside` of core/sys.h, in a thread of the host's process that has a table
 * of descriptors of its own and ends at once.
 *
 * A thread and not a child: no wait(2) of the host sees it, not even one with __WALL, no SIGCHLD
 * comes of it, and it counts in no getrusage(RUSAGE_CHILDREN). The caller sleeps meanwhile as in
 * vfork(2), on whose stack the thread runs. All signals are blocked in both, so that no handler of
 * the host runs in the thread. The caller goes on only when the thread has left the process: until
 * then its copies of descriptors would hold locks of flock(2) and ends of pipes that the host closes
 * next.
 *
 * What remains: a descriptor that another thread closes meanwhile stays open until the end, as in
 * every program that forks; and a SIGSTOP that arrives meanwhile is seen by the parent process only
 * after a SIGCONT. valgrind and qemu-user know no such thread: then clone(2) fails, as under a limit
 * of processes, and nothing runs.
 */

/*
 * Runs `function` in such a thread. Returns what it returns, which is 0 or more, or -errno of
 * clone(2) if it did not run. `function` may use little stack, and nothing thread-local.
 * Async-signal-safe, thread-safe.
 *
 * System calls: rt_sigprocmask(2), clone(2), exit(2) in the thread, getpid(2), tgkill(2) of signal 0
 * and sched_yield(2) until the thread has gone, rt_sigprocmask.
 */
int aside_run(int (*function)(void *), void *argument) __attribute__((visibility("hidden")));

#endif
