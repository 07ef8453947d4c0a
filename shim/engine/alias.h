/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_ALIAS_H
#define NOCLOBBER_ENGINE_ALIAS_H

/*
 * Protected directories under another path: a bind mount, a chroot(2), another mount namespace.
 *
 * The constructor notes the directories that the patterns of PROTECT begin with. If no pattern
 * matches a destination, but one of its parent directories is a noted one, the patterns are matched
 * again: against the path that the destination has below the noted directory's path.
 *
 * Not recognised: a bind mount of a directory below a protected one; a file mounted on a file;
 * anything in a process that starts where the protected path does not exist, as in a container; a
 * chroot(2) after the root was first checked.
 *
 * Conventions: async-signal-safe; thread-safe except alias_learn.
 */

#include "core/policy.h"
#include "core/sys.h"

#define ALIAS_MAX 16 /* noted directories; each costs one system call at the start */

/* Notes the directories of `policy`, which must live as long as the process. Called once, by the
 * constructor or at a command's start. System calls: statx(2) of each directory and of the root. */
void alias_learn(const struct sys *sys, const struct policy *policy);

/*
 * Decides about `path`, an absolute resolved path that no pattern guards, by the other paths that
 * it may have. `parent` is its directory, a descriptor or AT_FDCWD; `buffer` is working space of
 * the caller's, `size` bytes. Returns the decision: POLICY_UNGUARDED if there is no other path,
 * guarded if a directory cannot be examined.
 *
 * System calls: statx(2) of the directory. If it is on the filesystem of a noted one, also of the
 * root, once per process. If it is on another mount there, or the root has changed, also of each
 * parent directory. (Linux before 5.8 has no mount ids, so a bind mount is not recognised.)
 */
struct policy_decision alias_decide(const struct sys *sys, const struct policy *policy, int parent,
                                    const char *path, char *buffer, size_t size);

#endif
