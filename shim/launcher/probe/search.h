/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_SEARCH_H
#define NOCLOBBER_LAUNCHER_PROBE_SEARCH_H

/* Which file execvp(3) would start. */

#include <stddef.h>

/*
 * Finds `name`: as a path if it contains '/', else on $PATH (unset: /bin:/usr/bin; an empty entry
 * is the current directory). Writes the path, which always contains '/' and is relative if the
 * entry is, to `out`, of `size` bytes. Returns 0; -ENOENT (status 127); -EACCES (status 126) if
 * only files of that name exist that cannot be executed, with the first one in `out`; or -errno.
 */
int search_program(const char *name, char *out, size_t size);

/*
 * Whether execve(2) would get as far as reading `path`. Returns 0, -EACCES (also for a directory
 * or on a noexec mount), or -errno.
 */
int search_check(const char *path);

#endif
