/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_PROC_H
#define NOCLOBBER_TRACER_PROC_H

/*
 * The /proc that was mounted when the tracer started, proc(5), held by a descriptor: a traced
 * program may later mount the /proc of another PID namespace over it, in which our numbers mean
 * other processes.
 *
 * Conventions: a `name` begins with "/proc/". For any thread, once proc_hold has returned.
 */

#include <stddef.h>
#include <sys/types.h>

/* Opens /proc for the functions below, if it is a proc filesystem of the caller's PID namespace;
 * call it once. Returns 0; -ENOENT if there is none; -EXDEV if it belongs to another namespace; or
 * -errno of open(2). Before that, and after an error, no /proc is held. */
int proc_hold(void);

/* Whether a /proc is held: 1 or 0. */
int proc_is_held(void);

/* Makes system call `number`, which takes a directory and a path (openat(2), readlinkat(2),
 * statx(2)), with the held /proc as the directory and the rest of `name` as the path; c, d and e
 * are its further arguments. Returns what the kernel returns, errors as -errno; -ESRCH if no /proc
 * is held. */
long proc_call(long number, const char *name, long c, long d, long e);

/* Returns the number after `field` (such as "Tgid:") in /proc/THREAD/status; `otherwise` if that
 * cannot be read or has no such field. */
int proc_number(pid_t thread, const char *field, int otherwise);

/* Returns the number of the process that `thread` belongs to. -ESRCH if the thread is not in a
 * ptrace stop: it has ended, or its number belongs to another thread; 0 if no /proc is held. */
pid_t proc_process_of_stopped(pid_t thread);

#endif
