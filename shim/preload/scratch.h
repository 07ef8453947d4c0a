/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_SCRATCH_H
#define NOCLOBBER_PRELOAD_SCRATCH_H

/*
 * Working memory for a call that found something in the way.
 *
 * A host's stack may be an alternate signal stack of 8 KiB, and malloc is forbidden in a signal
 * handler. So the library owns one scratch area, which whoever comes first takes by an atomic
 * exchange; anybody else (another thread, a signal handler that interrupted the owner) maps one of
 * their own. No lock, hence no deadlock.
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
