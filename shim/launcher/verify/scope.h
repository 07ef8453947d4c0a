/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_SCOPE_H
#define NOCLOBBER_LAUNCHER_VERIFY_SCOPE_H

/* Where to look for the files that a policy guards: the fewest directories that hold them all. */

#include <stddef.h>

#include "core/policy.h"

struct scope {
    const struct policy *policy;
    char *here;   /* the working directory: where floating patterns are looked for */
    char **roots; /* absolute; no root is below another */
    size_t count;
};

/*
 * Builds the scope of `policy`, which must outlive it: of an anchored pattern the path before its
 * first special character, cut at the last slash, unless a symbolic link is on the way to it (a
 * resolved path never matches there); of floating ones, and for no pattern at all, the working
 * directory. Returns 0, -ENOMEM, or what getcwd(2) says. Free with scope_free.
 */
int scope_begin(const struct policy *policy, struct scope *scope);
void scope_free(struct scope *scope);

/* Whether a guarded file could be anywhere below `directory`, absolute: 1 or 0. Never 0 where
 * there could. */
int scope_reaches(const struct scope *scope, const char *directory);

/* Whether `policy` guards the file at `path`, absolute and resolved, by a pattern that somebody wrote, rather than
 * because it guards everything: 1 or 0. */
int scope_names(const struct policy *policy, const char *path);

#endif
