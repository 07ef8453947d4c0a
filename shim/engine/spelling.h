/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_SPELLING_H
#define NOCLOBBER_ENGINE_SPELLING_H

/*
 * Names that a filesystem takes for one: `App.zip` and `app.zip` on ext4 with casefold, vfat, exfat,
 * NTFS, SMB, and on what a FUSE server or a network shows of macOS or Windows. Neither a filesystem's
 * name nor the kernel's own name for a file tells: a directory may fold and the next one not, and the
 * kernel keeps the spelling that was looked up. So the directories are asked.
 *
 * Conventions: async-signal-safe, nothing allocated.
 */

#include "core/policy.h"
#include "core/sys.h"

/*
 * Which guard the file at `path` has: policy_decide, but a pattern that matches another spelling
 * guards it as well, unless its directories store `path` as it is spelt. `path` is absolute and
 * resolved; it is written to and restored. `entries` are at least 1 KiB of the caller's. Looks at
 * files only if a pattern is alike: some two calls for each component.
 */
struct policy_decision spelling_decide(const struct sys *sys, const struct policy *policy,
                                       char *path, void *entries, size_t size);

/* Whether each component of `path` is stored as it is spelt: 1 or 0; 0 also if a directory cannot be
 * read. Arguments as above. */
int spelling_is_stored(const struct sys *sys, char *path, void *entries, size_t size);

#endif
