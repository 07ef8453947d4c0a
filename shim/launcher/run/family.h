/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_FAMILY_H
#define NOCLOBBER_LAUNCHER_RUN_FAMILY_H

/* The descendants of this process that are running, as /proc shows them. Zombies are none. */

#include <stddef.h>
#include <sys/types.h>

struct family {
    pid_t *children; /* of this process, not their children */
    size_t count;
};

/* Fills in the children that this process has now. Returns 0, or -errno (no /proc, no memory). Free with family_free. */
int family_take(struct family *family);

/* How many descendants this process has now, without the children in `except` and what descends from them. Returns the
 * number, or -errno. */
int family_count(const struct family *except);

void family_free(struct family *family);

#endif
