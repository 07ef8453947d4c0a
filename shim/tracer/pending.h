/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_PENDING_H
#define NOCLOBBER_TRACER_PENDING_H

/*
 * A pending call: a traced rename whose destination exists, which waits for its verdict. The engine
 * decides it (guard_answer) in a worker thread (tracer/workers.h).
 *
 * The main thread must never wait for a file: the filesystem may be served by a process that it
 * traces. ptrace(2), in turn, works only in the thread that attached, the main one. So the worker
 * queues each request for it, wakes the main thread by PENDING_SIGNAL, and sleeps until the answer
 * is there.
 *
 * Conventions: for the tracer's main thread.
 */

#include <signal.h>

#include "core/policy.h"
#include "tracer/tracee.h"

/* Starts the first worker; there will be at most `most`. Call once, before the functions below.
 * `policy` must outlive the tracer. Returns 0, or -errno if no thread can be started. */
int pending_start(const struct policy *policy, int most);

/* Begins to decide the call of `tracee`, whose exclusive attempt the kernel answered with `result`.
 * Allocates the pending call and owns it until it is decided and its worker has finished; if memory
 * is out, the call waits until another one is decided. If quick.h can tell that nobody guards the
 * destination, the program makes its own call at once instead. */
void pending_begin(struct tracee *tracee, long result);

/* Tries to start workers for all pending calls. Returns 0, or -EAGAIN if some still wait for a
 * thread. */
int pending_grow(void);

/* The system call that the worker had asked for (phase TRACEE_CALL) has returned `result`: wakes
 * the worker, and sets phase TRACEE_PENDING. */
void pending_answer(struct tracee *tracee, long result);

/* `tracee` has ended. Its worker, if it has one, gets -ESRCH for every request from now on, and
 * finishes. Does nothing if it has no pending call. The caller removes the tracee. */
void pending_abandon(struct tracee *tracee);

/* Workers send it to this process to wake the main thread, which has it blocked
 * (sigtimedwait(2)). */
#define PENDING_SIGNAL SIGUSR1

/* Serves all requests that workers have queued: system calls, copies of memory, and verdicts. */
void pending_serve(void);

/* Returns the number of pending calls. */
int pending_count(void);

#endif
