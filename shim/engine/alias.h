/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_ALIAS_H
#define NOCLOBBER_ENGINE_ALIAS_H

/*
 * Protected directories under another path: a bind mount, a chroot(2), another mount namespace.
 *
 * The constructor notes which directories the patterns of PROTECT begin with. A destination that no
 * pattern matches is looked at again if one of its parent directories is one of them: by the path
 * that it has below the pattern's own words.
 *
 * Not found are: a bind mount of a directory below a protected one; a file that is mounted on a file;
 * anything in a process that was started where the protected path does not exist, as in a container;
 * a chroot(2) after the first question.
 *
 * Conventions: async-signal-safe, thread-safe but for alias_learn.
 */

#include "core/policy.h"
#include "core/sys.h"

#define ALIAS_MAX 16 /* directories that are noted: one system call for each, at the start */

/* Notes the directories of `policy`, which must live on. For the constructor, or a command's start.
 * System calls: statx(2) of each, and of the root. */
void alias_learn(const struct sys *sys, const struct policy *policy);

/*
 * Decides about `path`, an absolute and resolved path that no pattern guards, by the other paths that
 * it may have: POLICY_UNGUARDED if there is none. `parent` is its directory: a descriptor, or AT_FDCWD.
 * `path` is read, `buffer` written, `size` bytes each.
 *
 * Guarded if it cannot be looked at.
 *
 * System calls: statx(2) of the directory; and once in a process of the root, if the directory is on
 * the filesystem of one that was noted. Then statx(2) of each parent directory, but only if it is
 * there by another mount, or the root is not that of the start. (Linux before 5.8 does not number
 * mounts for us, and a bind mount is not noticed.)
 */
struct policy_decision alias_decide(const struct sys *sys, const struct policy *policy, int parent,
                                    const char *path, char *buffer, size_t size);

#endif
