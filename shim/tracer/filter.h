/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_FILTER_H
#define NOCLOBBER_TRACER_FILTER_H

/*
 * The seccomp filter of a traced run, seccomp(2): which system calls stop for the tracer. Every
 * descendant inherits it, whatever its environment says, and none can take it off.
 *
 *   rename, renameat          stop
 *   renameat2                 stops, but with RENAME_EXCHANGE it passes: nothing is lost. With
 *                             RENAME_NOREPLACE it stops: mv(1) asks that first, and copies over the
 *                             destination when it is told EXDEV
 *   ptrace                    stops where it would make somebody the tracer of another process
 *   io_uring_setup, …         ENOSYS: what goes through a ring makes no system call that could stop
 *   seccomp                   EBUSY for a listener of its own, which could let calls through past us
 *   everything else           passes, at the price of the filter's few instructions
 *   an architecture that is
 *   not in tracer/abi.h       ENOSYS for every call
 *
 * Where nobody traces, a call that should stop is ENOSYS: nothing gets past.
 *
 * Stops of ours carry FILTER_MARK. A program may have filters of its own that stop calls, with nobody
 * there to trace them: of two filters that stop one call, the kernel reports the younger one's mark.
 */

#include <linux/filter.h>

/* SECCOMP_RET_DATA of our stops, as PTRACE_GET_SYSCALL_INFO gives it. */
#define FILTER_MARK 0x6e63u

/* Enough for every machine. */
#define FILTER_MAX 128

/* Writes the program to `out` (FILTER_MAX instructions) and returns its length. Pure. */
unsigned short filter_build(struct sock_filter *out);

/* Installs the program for the calling thread and whatever it becomes or starts. Sets
 * no_new_privs (prctl(2)) only where the kernel asks for that: without CAP_SYS_ADMIN. Returns 0 or
 * -errno. Async-signal-safe. */
int filter_install(void);

#endif
