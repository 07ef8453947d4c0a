/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_SCRATCH_H
#define NOCLOBBER_ENGINE_SCRATCH_H

/*
 * Working memory for a collision.
 *
 * The stack may be an alternate signal stack of 8 KiB, and malloc is forbidden in a signal handler.
 * So scratch areas are mapped. One is kept for the next call, which takes it by an atomic exchange;
 * a call that comes in between (another thread, a signal handler) maps another one. There is no
 * lock, so no deadlock. A process without collisions maps nothing.
 */

#include "core/event.h"
#include "core/path.h"
#include "core/sys.h"

struct scratch {
    char source[PATH_RESOLVED_MAX];
    char destination[PATH_RESOLVED_MAX];
    char path[PATH_RESOLVED_MAX]; /* temporary: a path without trailing slashes, /proc/self/exe */
    union {
        char line[EVENT_LINE_MAX];
        char contents[2 * 64 * 1024]; /* a buffer for each of two files that are compared */
        _Alignas(8) char entries[4096];
    } large;
};

/* Returns a scratch area for scratch_release, or NULL if mmap(2) failed. Its contents are
 * undefined. Async-signal-safe, thread-safe. */
struct scratch *scratch_take(const struct sys *sys);

/* Keeps `scratch` for the next call, or unmaps it. Async-signal-safe, thread-safe. */
void scratch_release(const struct sys *sys, struct scratch *scratch);

#endif
