/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_WATCH_H
#define NOCLOBBER_TRACER_WATCH_H

/*
 * Waiting for the threads that are traced. For the tracer's main thread, with SIGCHLD and PENDING_SIGNAL
 * (tracer/pending.h) blocked.
 */

#include "core/policy.h"

/* Deals with every stop and pending call, until nobody is left to trace. */
void watch_all(const struct policy *policy);

#endif
