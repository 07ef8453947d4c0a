/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_PROC_H
#define NOCLOBBER_TRACER_PROC_H

/*
 * /proc, as it was when the tracer started, proc(5). It is held by a descriptor: a traced program may mount
 * the /proc of another PID namespace over it, in which our numbers mean other processes.
 *
 * Conventions: a `name` begins with "/proc/". For any thread, once proc_hold has returned.
 */

#include <stddef.h>
#include <sys/types.h>

/* Opens /proc, once, for the functions below, if it is a proc filesystem of the caller's PID namespace. Returns 0;
 * -ENOENT if there is none; -EXDEV if it is of another namespace; or -errno. Until then, and after an error,
 * they find nothing. */
int proc_hold(void);

/* Whether a /proc is held: 1 or 0. */
int proc_is_held(void);

/* A system call that takes a directory and a path, openat(2) or readlinkat(2), with the held /proc in place of
 * the path's beginning. Returns what the kernel says; -ESRCH if none is held. */
long proc_call(long number, const char *name, long c, long d, long e);

/* The number behind `field` ("Tgid:") in the status of `thread`. `otherwise` if there is none. */
int proc_number(pid_t thread, const char *field, int otherwise);

/* The process that `thread` belongs to, which is stopped for its tracer; -ESRCH if it has ended or goes on. 0 if no
 * /proc is held. */
pid_t proc_process_of_stopped(pid_t thread);

#endif
