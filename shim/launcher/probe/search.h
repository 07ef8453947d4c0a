/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_SEARCH_H
#define NOCLOBBER_LAUNCHER_PROBE_SEARCH_H

/* Which file execvp(3) would start. */

#include <stddef.h>

/*
 * Looks `name` up: as a path where there is a '/' in it, else on $PATH (unset: /bin:/usr/bin; an empty entry is the current
 * directory). Writes the path to `out`: relative where the entry is,
 * and never without a '/'. Returns 0; -ENOENT (127); -EACCES where something
 * of that name is there and cannot be executed (126), with the first such path in `out`; or -errno.
 */
int search_program(const char *name, char *out, size_t size);

/* Whether execve(2) would get as far as reading `path`: 0, -EACCES (a directory as well, or on a noexec mount), or -errno. */
int search_check(const char *path);

#endif
