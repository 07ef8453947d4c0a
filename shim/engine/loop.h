/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_LOOP_H
#define NOCLOBBER_ENGINE_LOOP_H

/*
 * The loop breaker: counts refusals of the same pair in quick succession.
 *
 * `cp -b`, `mv -b` and `install -b` repeat a rename as long as it fails with EEXIST: forever, if
 * the backup exists. A program that polls slowly until the destination is gone must keep getting
 * EEXIST.
 */

#include "core/sys.h"
#include "engine/file.h"

/* This many refusals of a pair within LOOP_WINDOW count as a loop. */
#define LOOP_LIMIT 32

/* In sixteenths of a second. The window begins with its first refusal. */
#define LOOP_WINDOW 16

struct loop {
    unsigned count;    /* refusals of this pair in this window, including this one */
    unsigned unlogged; /* refusals of this pair since the last logged one; 0 unless is_logged */
    int is_logged;     /* 1 for the first one of a window, and for the one that makes it a loop */
};

/*
 * Counts one refusal and returns the counts. A pair is the process, the source as given (`dirfd`
 * and path) and the destination's inode: by the inode, a program that changes its directory between
 * calls is not taken for a loop. `destination` is NULL if its state could not be read.
 * Async-signal-safe, thread-safe, lock-free. Pairs whose hashes share one of 64 places overwrite
 * each other's counts. System calls: getpid(2), clock_gettime(2).
 */
struct loop loop_count(const struct sys *sys, int source_dirfd, const char *source,
                       const struct file *destination);

#endif
