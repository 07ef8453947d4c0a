/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_INSIDE_H
#define NOCLOBBER_TRACER_INSIDE_H

/*
 * Looking at files from inside a tracee: the tracee makes the system calls itself, with its own rights.
 *
 * This costs two stops a call, and is used only where the tracer cannot look from outside (tracer/view.h): its
 * /proc is missing or belongs to another PID namespace; it is root without CAP_SYS_PTRACE, as in a container,
 * and the tracee another user; or the files are on a FUSE mount that other users may not see.
 *
 * Results come through a mapping that the tracee makes and removes, so nothing of the program's own is
 * overwritten: memory of its own, or, if the tracer may not read the program, memory that both share. Its descriptors are passed around with INSIDE_DESCRIPTORS added; they are O_CLOEXEC, but another
 * thread of the program can see them.
 *
 * Conventions: a `remote` that inside_begin has succeeded for; 0 or -errno; -ESRCH once the tracee has ended.
 */

#include "core/sys.h"
#include "tracer/remote.h"

#define INSIDE_DESCRIPTORS 0x40000000 /* beyond any limit on descriptors */

/* Has the tracee make the mapping. Else what mmap(2) or shmat(2) say. */
int inside_begin(struct remote *remote);

/* Has it removed, if there is one. */
void inside_end(struct remote *remote);

/* A call of the kernel as `number` and the arguments of struct sys say (core/sys.h), made by the tracee. Paths and
 * buffers are the caller's. -ENOSYS for a call that is not known here. */
long inside_call(struct remote *remote, long number, long a, long b, long c, long d, long e);

/* Names the file that the path at `address` leads to, without reading that: absolute, links resolved except the
 * last. -ENOENT only if there is no such file; -EACCES if it has no name from here. */
int inside_find(struct remote *remote, long dirfd, uint64_t address, char *out, size_t size);

/* The process that the tracee belongs to, by its own number; its thread's number if it is in another PID
 * namespace than ours. */
long inside_process(struct remote *remote);

#define INSIDE_SHORT_NAME 16

/* Copies the name that the kernel has for the tracee's thread (PR_GET_NAME, prctl(2)), with its NUL, to `out`. */
long inside_short_name(struct remote *remote, char out[INSIDE_SHORT_NAME]);

#endif
