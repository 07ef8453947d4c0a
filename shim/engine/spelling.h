/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_SPELLING_H
#define NOCLOBBER_ENGINE_SPELLING_H

/*
 * Filesystems that fold names: `App.zip` and `app.zip` are one file on ext4 with casefold, vfat,
 * exfat, NTFS, SMB, and on FUSE and network filesystems from macOS or Windows. The kind of the
 * filesystem does not tell: one directory may fold and the next one not. Nor does the kernel's path
 * of a file: it keeps the spelling that was looked up. So the directories are listed.
 *
 * Conventions: async-signal-safe, nothing allocated.
 */

#include "core/policy.h"
#include "core/sys.h"

/*
 * Decides about `path` as policy_decide does; but a pattern that matches another spelling guards
 * it, too, unless its directories store `path` exactly as it is spelled. `path` is absolute and
 * resolved; it is written to and restored. `entries` is working space of the caller's, `size`
 * bytes, at least 1 KiB. Makes system calls only if a pattern matches another spelling: statx(2)
 * for each component, and openat, getdents64 and close for those that exist in another case or are
 * not ASCII.
 */
struct policy_decision spelling_decide(const struct sys *sys, const struct policy *policy,
                                       char *path, void *entries, size_t size);

/* The second half of spelling_decide: turns `*decision`, the result of policy_decide_alike for
 * `path`, into that of spelling_decide. */
void spelling_settle(const struct sys *sys, const struct policy *policy, char *path, void *entries,
                     size_t size, struct policy_decision *decision);

/* Whether each component of `path` is stored as it is spelled: 1 or 0; 0 also if a directory cannot
 * be read. Arguments as above. */
int spelling_is_stored(const struct sys *sys, char *path, void *entries, size_t size);

#endif
