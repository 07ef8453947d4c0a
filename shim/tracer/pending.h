/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_PENDING_H
#define NOCLOBBER_TRACER_PENDING_H

/*
 * Settling a call that found something in the way: the engine's work, in a thread of its own (tracer/workers.h).
 *
 * The tracer must never wait for a file: the filesystem may be served by a process that it traces.
 * So a pending call asks the main thread for whatever takes ptrace(2), which only the thread that
 * attached may do, and sleeps until it is done.
 *
 * Conventions: for the tracer's main thread.
 */

#include <signal.h>

#include "core/policy.h"
#include "tracer/tracee.h"

/* Makes ready what settling takes, with at most `most` threads; the rest waits for its turn where memory or threads cannot be
 * had later. `policy` must live on. Returns 0 or -errno. */
int pending_start(const struct policy *policy, int most);

/* Begins to decide the call of `tracee`, whose exclusive attempt the kernel answered with `result`. */
void pending_begin(struct tracee *tracee, long result);

/* Tries again to have enough threads. Returns 0, or -EAGAIN if pending calls wait for one. */
int pending_grow(void);

/* The call that it asked for has returned `result`. */
void pending_answer(struct tracee *tracee, long result);

/* Its tracee is gone: whatever it still asks for is answered with -ESRCH. */
void pending_abandon(struct tracee *tracee);

/* By which pending calls wake the main thread: it is sent to this process. */
#define PENDING_SIGNAL SIGUSR1

/* Does what pending calls ask for. */
void pending_serve(void);

/* How many are under way. */
int pending_count(void);

#endif
