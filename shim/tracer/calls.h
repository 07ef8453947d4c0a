/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_CALLS_H
#define NOCLOBBER_TRACER_CALLS_H

/*
 * The system calls that a tracee makes for us, in its own registers and with its own rights: the
 * exclusive attempt in place of its call, and the system calls that deciding a pending call takes.
 *
 * While a call is pending, the tracee's signals are held back (PTRACE_SETSIGMASK), so that no handler
 * of its can run between two of our calls; they are delivered afterwards, once. Except SIGSYS: if a filter of
 * the program's own traps a call while that is blocked, the kernel ends the program.
 *
 * Conventions: for the tracer's main thread, on a tracee that is stopped. Returns 0 or -errno; a
 * thread that was killed meanwhile (-ESRCH) needs no more care. A thread that can't be kept from
 * making its own call is killed, and so no rename gets past.
 */

#include "tracer/tracee.h"

/* The program's own call as renameat2(…, RENAME_NOREPLACE) of the same ABI. Pure; needs `abi`, `name` and
 * `call` of the tracee. */
struct registers_call calls_exclusive(const struct tracee *tracee);

/* Stopped by a filter of the program's own: the call is answered as where nobody traces, ENOSYS, and the
 * thread goes on by `request`, as for calls_resume. */
void calls_decline(pid_t thread, int request);

/* Stopped by the filter: the call is made as an exclusive rename instead. */
int calls_attempt(struct tracee *tracee);

/* Stopped at the end of the attempt: sets `*result` to what it returned. -ESRCH also where this thread has become
 * another program meanwhile. */
int calls_end_attempt(struct tracee *tracee, long *result);

/* Stopped at the end of the attempt: the program's own call is made once more, as TRACEE_OWN. A signal that comes first is
 * delivered as if it had come before the call. */
int calls_repeat(struct tracee *tracee);

/* Stopped at the end of a call: makes `call` as well. */
int calls_make(struct tracee *tracee, const struct registers_call *call);

/* Stopped at the end of the attempt or of a call of calls_make, which returned `result`: whether a filter of the
 * program's own has trapped it (SECCOMP_RET_TRAP). A SIGSYS is on its way then, and has to be taken. 1 or 0. */
int calls_is_trapped(const struct tracee *tracee, long result);

/* Copies `size` bytes between `bytes` and the tracee's memory: PTRACE_PEEKDATA, PTRACE_POKEDATA. What is written
 * begins at a multiple of 8, and is filled up to one with zeros. -EIO for a bad address, or if the program may
 * not be read. */
int calls_copy(pid_t thread, uint64_t address, void *bytes, size_t size, int is_write);

/* Stopped at the end of a call: the program goes on with `result`, and with the registers that it had.
 * The tracee is none any longer. */
void calls_finish(struct tracee *tracee, long result);

/* Lets a thread go on. `request` is PTRACE_CONT or PTRACE_SYSCALL, `signal` one to deliver or 0. */
void calls_resume(pid_t thread, int request, int signal);

#endif
