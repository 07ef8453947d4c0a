/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_WATCH_H
#define NOCLOBBER_TRACER_WATCH_H

/*
 * The tracer's main loop. For its main thread, with SIGCHLD and PENDING_SIGNAL (tracer/pending.h)
 * blocked.
 */

#include "core/policy.h"

/* Handles every stop and every request of a pending call under `policy`. Returns when no traced
 * thread and no pending call is left. */
void watch_all(const struct policy *policy);

#endif
