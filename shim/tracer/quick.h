/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_QUICK_H
#define NOCLOBBER_TRACER_QUICK_H

/*
 * The commonest verdict, in the tracer's main thread: nobody guards this destination. To ask a worker for it costs two
 * changes of threads, for which a busy machine has each of them wait its turn.
 *
 * The main thread must never wait for a file, which a traced process may serve. So paths are looked up among what the kernel
 * has cached (RESOLVE_CACHED of openat2(2), Linux 5.12), and whatever is not there is left to a worker.
 *
 * Conventions: for the tracer's main thread, after proc_hold.
 */

#include "core/policy.h"
#include "tracer/tracee.h"

/* `policy` must live on. */
void quick_start(const struct policy *policy);

/* Whether the program's own call may be made, of a tracee whose exclusive attempt the kernel answered with `result`: 1, or 0
 * if its destination is guarded or if a worker has to see. */
int quick_passes(const struct tracee *tracee, long result);

#endif
