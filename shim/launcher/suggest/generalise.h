/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_GENERALISE_H
#define NOCLOBBER_LAUNCHER_SUGGEST_GENERALISE_H

/*
 * Few patterns for many destinations: a tree where a directory saw several, or names that look
 * like another run would choose others; else the names themselves. Every destination given is
 * matched by one of the patterns.
 *
 * Never a tree that holds the working directory or $HOME, nor one near the root (`/usr/lib/`)
 * outside of both.
 */

#include <stddef.h>

/* So many places of one directory become a tree. */
#define GENERALISE_MANY 3

struct generalised {
    char **list; /* anchored patterns (core/pattern.h), in the order of their names */
    size_t count;
};

/*
 * `paths` are absolute and resolved; they are sorted in place. `bounds` are `bound_count`
 * directories, absolute and resolved, that no tree may hold. Returns 0, or -ENOMEM. Free with
 * generalise_free, after an error too.
 */
int generalise(const char **paths, size_t count, const char *const *bounds, size_t bound_count,
               struct generalised *out);
void generalise_free(struct generalised *generalised);

#endif
