/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_FILTER_H
#define NOCLOBBER_TRACER_FILTER_H

/*
 * The seccomp filter of a traced run, seccomp(2): which system calls stop for the tracer. Every
 * descendant inherits it, and none can remove it.
 *
 *   rename, renameat          stop
 *   renameat2                 stops, also with RENAME_NOREPLACE: mv(1) tries that first, and copies
 *                             over the destination if the kernel returns EXDEV. With
 *                             RENAME_EXCHANGE it passes: nothing is lost
 *   ptrace                    stops if it would begin to trace a process
 *   io_uring_setup, …         ENOSYS: requests in a ring are no system calls, and cannot be stopped
 *   seccomp                   EBUSY with SECCOMP_FILTER_FLAG_NEW_LISTENER: the kernel asks a
 *                             listener before us, and it could let a rename pass
 *   everything else           passes, and costs the filter's few instructions
 *   an architecture that is
 *   not in tracer/abi.h       ENOSYS for every call
 *
 * Without a tracer, the kernel returns ENOSYS for a call that should stop: no rename gets past.
 *
 * Our stops carry FILTER_MARK. A program may install filters that also stop calls; if two filters
 * stop one call, the kernel reports the mark of the one installed last.
 */

#include <linux/filter.h>

/* SECCOMP_RET_DATA of our stops: `data` in PTRACE_GET_SYSCALL_INFO. */
#define FILTER_MARK 0x6e63u

/* The most instructions that the program has on any architecture. */
#define FILTER_MAX 128

/* Writes the program to `out`, which has room for FILTER_MAX instructions, and returns its length.
 * Pure. */
unsigned short filter_build(struct sock_filter *out);

/* Installs the program for the calling thread, for good: fork(2) and execve(2) keep it. Sets
 * no_new_privs (prctl(2)) only if the kernel requires it, that is without CAP_SYS_ADMIN. Returns 0,
 * or -errno of seccomp(2). Async-signal-safe. */
int filter_install(void);

#endif
