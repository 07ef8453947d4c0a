/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_CALLS_H
#define NOCLOBBER_TRACER_CALLS_H

/*
 * System calls that a tracee makes on our behalf, with its own registers and rights: the exclusive
 * attempt in place of its rename, and those that the verdict on a pending call needs.
 *
 * Between the first and the last of these, the tracee's signals are blocked (PTRACE_SETSIGMASK), so
 * that none of its handlers runs in between; afterwards each signal is delivered once. SIGSYS stays
 * unblocked: if a seccomp filter of the program's own traps a call while SIGSYS is blocked, the
 * kernel kills the program.
 *
 * A thread that cannot be kept from making its own call is killed, so that no rename gets past.
 *
 * Conventions: called in the tracer's main thread, for a tracee that is stopped. Functions return 0
 * or -errno unless they say otherwise. -ESRCH: the thread was killed meanwhile; nothing remains to
 * be done.
 */

#include "tracer/tracee.h"

/* Returns the program's own call as renameat2(…, RENAME_NOREPLACE) of the same ABI. Pure; reads
 * only `abi`, `name` and `call` of the tracee. */
struct registers_call calls_exclusive(const struct tracee *tracee);

/* At a stop that a filter of the program's own asked for: the call returns ENOSYS, as it does
 * without a tracer (seccomp(2), SECCOMP_RET_TRACE), and the thread continues with `request`, see
 * calls_resume. */
void calls_decline(pid_t thread, int request);

/* At a stop of our filter: replaces the call by the exclusive rename and lets the thread make it.
 * After an error the caller removes the tracee. */
int calls_attempt(struct tracee *tracee);

/* At the end of the attempt: sets `*result` to what it returned. Returns -ESRCH also if another
 * thread's execve(2) has taken over this thread's number. */
int calls_end_attempt(struct tracee *tracee, long *result);

/* At the end of the attempt or of a call of calls_make: has the program make its own call again, in
 * phase TRACEE_OWN. A signal that arrives first is delivered as if it had come before the call.
 * After an error the caller removes the tracee. */
int calls_repeat(struct tracee *tracee);

/* At the end of a call: has the tracee make `call`, in phase TRACEE_CALL, and returns without
 * waiting. The result arrives as a later stop (tracer/stops.h), which passes it to pending_answer.
 * After an error the tracee is still stopped, and makes no call. */
int calls_make(struct tracee *tracee, const struct registers_call *call);

/* At the end of the attempt or of a call of calls_make that returned `result`: whether a filter of
 * the program's own has trapped it (SECCOMP_RET_TRAP). If so, a SIGSYS is pending, which the caller
 * must take. 1 or 0. */
int calls_is_trapped(const struct tracee *tracee, long result);

/* Copies `size` bytes from the tracee's memory at `address` to `bytes`, or the other way if
 * `is_write`: PTRACE_PEEKDATA, PTRACE_POKEDATA. A write must begin at a multiple of 8; the last
 * word is padded with zeros. Returns -EIO for a bad address, or if ptrace(2) may not access the
 * memory. */
int calls_copy(pid_t thread, uint64_t address, void *bytes, size_t size, int is_write);

/* At the end of a call: the program continues with `result` and otherwise the registers that it
 * had. Removes the tracee. */
void calls_finish(struct tracee *tracee, long result);

/* Lets a thread continue. `request`: PTRACE_CONT, PTRACE_SYSCALL (it stops again at the end of its
 * call) or PTRACE_LISTEN (it stays in its group stop). `signal`: the signal to deliver, or 0. */
void calls_resume(pid_t thread, int request, int signal);

#endif
