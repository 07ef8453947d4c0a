/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_INSIDE_H
#define NOCLOBBER_TRACER_INSIDE_H

/*
 * Looking at files from inside a tracee: the tracee makes the system calls itself, with its own
 * rights.
 *
 * This costs two stops per call. It is used only if the tracer cannot look from outside
 * (tracer/view.h): its /proc is missing or belongs to another PID namespace; or it is root without
 * CAP_SYS_PTRACE, as in a container, and the tracee runs as another user; or the files are on a
 * FUSE mount that other users may not access.
 *
 * Results come through a mapping that the tracee makes and removes, so nothing of the program's own
 * is overwritten: private memory or, if the tracer may not read the program, shared memory.
 *
 * Descriptors of the tracee are represented by their number plus INSIDE_DESCRIPTORS. They are
 * O_CLOEXEC, but other threads of the program can see them.
 *
 * Conventions: for the worker that decides the pending call, with a `remote` for which inside_begin
 * has succeeded. Functions return 0 or -errno unless they say otherwise; -ESRCH once the tracee has
 * ended.
 */

#include "core/sys.h"
#include "tracer/remote.h"

#define INSIDE_DESCRIPTORS 0x40000000 /* above any limit on descriptors */

/* Has the tracee make the mapping, which inside_end removes. Returns 0, or -errno of mmap(2),
 * shmget(2) or shmat(2). */
int inside_begin(struct remote *remote);

/* Has the tracee remove the mapping, if there is one. */
void inside_end(struct remote *remote);

/* Has the tracee make system call `number` with arguments as struct sys takes them (core/sys.h).
 * Paths and buffers are in the caller's memory. Returns what the kernel returns; -ENOSYS for a call
 * other than openat, statx, readlinkat, getcwd, read, getdents64 and close. */
long inside_call(struct remote *remote, long number, long a, long b, long c, long d, long e);

/* Writes to `out` the name of the file that the path at `address` of the tracee leads to: absolute,
 * with all links resolved except the last. Does not read the path itself. Returns -ENOENT only if
 * there is no such file; -EACCES if the file has no name below our root. */
int inside_find(struct remote *remote, long dirfd, uint64_t address, char *out, size_t size);

/* Returns the number of the tracee's process, asked of the tracee itself; the number of its thread
 * if it is in another PID namespace than ours; or -errno. */
long inside_process(struct remote *remote);

#define INSIDE_SHORT_NAME 16

/* Copies the name of the tracee's thread (PR_GET_NAME, prctl(2)), with its NUL, to `out`. */
long inside_short_name(struct remote *remote, char out[INSIDE_SHORT_NAME]);

#endif
