/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_QUICK_H
#define NOCLOBBER_TRACER_QUICK_H

/*
 * The most frequent verdict, found in the main thread: the destination is not guarded. A worker
 * costs two switches between threads, and on a busy machine each of them waits for a processor.
 *
 * The main thread must never wait for a file, which a traced process may serve. So paths are
 * resolved only from the kernel's cache (RESOLVE_CACHED of openat2(2), Linux 5.12); all others are
 * left to a worker.
 *
 * Conventions: for the tracer's main thread, after proc_hold.
 */

#include "core/policy.h"
#include "tracer/tracee.h"

/* Call once, before quick_passes. `policy` must outlive the tracer. */
void quick_start(const struct policy *policy);

/* Whether `tracee`, whose exclusive attempt the kernel answered with `result`, may make its own
 * call because its destination is not guarded. 1; or 0 if it is guarded or if only a worker can
 * tell. */
int quick_passes(const struct tracee *tracee, long result);

#endif
