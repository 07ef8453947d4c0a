/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_SCOPE_H
#define NOCLOBBER_LAUNCHER_VERIFY_SCOPE_H

/*
 * Where to look for the files that a policy guards: the fewest directories that contain them all.
 */

#include <stddef.h>

#include "core/policy.h"

struct scope {
    const struct policy *policy;
    char *here;   /* the working directory: where floating patterns apply */
    char **roots; /* absolute; none is below another */
    size_t count;
};

/*
 * Builds the scope of `policy`, which must outlive it, for the working directory `here`, which is
 * copied; NULL: that of this process. An anchored pattern gives the path before its first special
 * character, cut at the last slash, unless that contains a symbolic link (a resolved path never
 * matches there); floating patterns, and a policy without patterns, give the working directory.
 * Returns 0, -ENOMEM, or -errno of getcwd(2). Free with scope_free.
 */
int scope_begin(const struct policy *policy, const char *here, struct scope *scope);

/* Frees what scope_begin allocated. A scope may be freed twice. */
void scope_free(struct scope *scope);

/*
 * Whether `directory` (absolute) may contain a guarded file at any depth: 1 or 0. Never 0 if it
 * may.
 */
int scope_reaches(const struct scope *scope, const char *directory);

/*
 * Whether `policy` guards `path` (absolute, resolved) by a pattern that somebody wrote, not
 * because it guards everything: 1 or 0.
 */
int scope_names(const struct policy *policy, const char *path);

#endif
