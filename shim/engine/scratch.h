/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_SCRATCH_H
#define NOCLOBBER_ENGINE_SCRATCH_H

/*
 * Working memory for a call that found something in the way.
 *
 * A host's stack may be an alternate signal stack of 8 KiB, and malloc is forbidden in a signal
 * handler. So scratch areas are mapped, and one is kept for the next call, which takes it by an
 * atomic exchange; whoever comes meanwhile (another thread, a signal handler that interrupted the
 * owner) maps another. No lock, hence no deadlock; a process that meets no collision maps nothing.
 */

#include "core/event.h"
#include "core/path.h"
#include "core/sys.h"

struct scratch {
    char source[PATH_RESOLVED_MAX];
    char destination[PATH_RESOLVED_MAX];
    char path[PATH_RESOLVED_MAX]; /* for the moment: a path without its slashes, the program's name
                                   */
    union {
        char line[EVENT_LINE_MAX];
        char contents[2 * 64 * 1024]; /* two halves of files that are compared */
        _Alignas(8) char entries[4096];
    } large;
};

/* Takes a scratch area. NULL when memory is out (mmap(2) failed). Async-signal-safe, thread-safe.
 */
struct scratch *scratch_take(const struct sys *sys);

/* Gives it back. Async-signal-safe, thread-safe. */
void scratch_release(const struct sys *sys, struct scratch *scratch);

#endif
