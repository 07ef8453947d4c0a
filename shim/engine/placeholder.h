/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_PLACEHOLDER_H
#define NOCLOBBER_ENGINE_PLACEHOLDER_H

/*
 * The empty directory that holds a destination's name while a directory is renamed without
 * RENAME_NOREPLACE. A process that dies between mkdir(2) and rename(2) leaves it behind: its mode
 * marks it, and a lock (flock(2)), which goes with its process, tells those that are still in use.
 *
 * Conventions: nothing allocated, async-signal-safe. `buffer` is PATH_RESOLVED_MAX bytes of the
 * caller's.
 */

#include "engine/call.h"
#include "engine/file.h"

/* Whether a file that was looked at has the mark: 1 or 0. Pure. */
int placeholder_is(const struct file *file);

/* Makes one at the destination of `call` and locks it. Returns a descriptor that keeps the lock; or
 * PLACEHOLDER_UNLOCKED, where nobody can lock directories; or -errno, and nothing of ours is left:
 * -EEXIST, -EOPNOTSUPP where no descriptor is to be had, and what mkdir(2) says. */
#define PLACEHOLDER_UNLOCKED (-4096) /* one beyond the errors that Linux has */
int placeholder_make(const struct call *call, char *buffer);

/* Locks the one that was found at the destination of `call`. Returns a descriptor that keeps the
 * lock; -EEXIST where it is in use, or is no more, or there are no locks. */
int placeholder_take(const struct call *call, char *buffer);

/* Closes what either of them returned. */
void placeholder_unlock(const struct call *call, int lock);

#endif
