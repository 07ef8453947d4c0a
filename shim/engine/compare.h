/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_COMPARE_H
#define NOCLOBBER_ENGINE_COMPARE_H

/*
 * Whether the source of a rename is a copy of its destination, for ALLOW_IF=same.
 *
 * The files are read where closing them drops no lock of the host (`aside`, core/sys.h); if there is
 * no such place, they do not count as equal. The comparison removes nothing: what follows an equal
 * one is the program's own rename, which puts equal bytes in the place of equal bytes. So no name
 * vanishes that plain rename would have kept, a program that still writes to the source goes on
 * writing to the destination, and access lists, capabilities and other attributes of the source
 * arrive with it.
 *
 * Unlinking the source instead, or exchanging both and unlinking the old one, loses both files if
 * two processes rename a to b and b to a at once, and the only copy if a server shows one file under
 * two inode numbers.
 */

#include "engine/call.h"
#include "engine/file.h"

/* Larger files are not read, and do not count as equal: a rename may not take its host seconds. */
#define COMPARE_SIZE_MAX (64ULL * 1024 * 1024)

/*
 * Compares two regular files by their bytes, two symbolic links by their targets; mode, owner and
 * group must be equal, too. `source` and `destination` are what file_look said of the two ends of
 * `call`. Returns 1, or 0: also for files that cannot be read, changed since that look, are larger
 * than COMPARE_SIZE_MAX, or if there is no place to read them.
 * `buffer` is the caller's, `size` bytes. Async-signal-safe, thread-safe.
 *
 * System calls: readlinkat(2) for links; for files those of `aside`, and in it openat, statx and
 * close twice each, read(2).
 */
int compare_is_equal(const struct call *call, const struct file *source,
                     const struct file *destination, char *buffer, size_t size);

#endif
