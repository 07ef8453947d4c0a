/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_ASIDE_H
#define NOCLOBBER_PRELOAD_ASIDE_H

/*
 * `aside` of core/sys.h: runs a function in a short-lived thread of the host's process, which has a
 * descriptor table of its own.
 *
 * A thread, not a child: no wait(2) of the host sees it, even with __WALL; it sends no SIGCHLD and
 * does not count in getrusage(RUSAGE_CHILDREN). The caller sleeps as in vfork(2), and the thread
 * runs on the caller's stack. All signals but SIGSYS are blocked in both, so that no other handler
 * of the host runs in the thread. A sandbox's SIGSYS handler makes the calls that its seccomp
 * filter traps, and the kernel ends a process that blocks SIGSYS at such a call (seccomp(2)). The
 * caller continues only when the thread has left the process: until then the thread's copies of
 * descriptors would keep locks of flock(2) and ends of pipes that the host closes next.
 *
 * Two traces remain. A descriptor that another thread closes in between stays open until the end,
 * as in every program that forks. And the parent process sees a SIGSTOP that arrives in between
 * only after a SIGCONT. valgrind and qemu-user do not support such a thread: clone(2) fails, as it
 * does under a limit of processes, and the function does not run.
 */

/*
 * Runs `function(argument)` in such a thread. Returns its result, which must be 0 or more; or
 * -errno of rt_sigprocmask(2) or clone(2) if it did not run, -EINTR if the thread was killed before
 * its end. `function` must use little stack and nothing thread-local. Async-signal-safe,
 * thread-safe.
 *
 * System calls: rt_sigprocmask(2), clone(2), exit(2) in the thread, getpid(2), tgkill(2) of signal
 * 0 and sched_yield(2) until the thread has gone, rt_sigprocmask.
 */
int aside_run(int (*function)(void *), void *argument) __attribute__((visibility("hidden")));

#endif
