/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_LOOP_H
#define NOCLOBBER_ENGINE_LOOP_H

/*
 * The loop breaker: counts refusals of one same pair in short succession.
 *
 * `cp -b`, `mv -b` and `install -b` try the same rename again for as long as it says EEXIST:
 * forever, onto a backup that exists. A program that polls slowly, waiting for the destination to
 * go, must keep getting its EEXIST.
 */

#include "core/sys.h"
#include "engine/file.h"

/* So many refusals of a pair within LOOP_WINDOW are a loop. */
#define LOOP_LIMIT 32

/* The window begins with its first refusal. Sixteenths of a second. */
#define LOOP_WINDOW 16

struct loop {
    unsigned count; /* refusals of this pair in this window, this one included */
    unsigned
        unlogged; /* how many before this one no event tells of, where this is one to log; else 0 */
    int is_logged; /* whether this one gets an event: the first of a window, and the one that makes
                      it a loop */
};

/*
 * Counts one refusal. A pair is of one process: a source as the program names it and a destination as the file it
 * is, so that a program that changes its directory meanwhile is not in a loop. `destination` may be
 * NULL where it could not be looked at. Async-signal-safe, thread-safe, lock-free; the counts of
 * pairs that share one of its 64 places are lost to each other.
 */
struct loop loop_count(const struct sys *sys, int source_dirfd, const char *source,
                       const struct file *destination);

#endif
