/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_COMPARE_H
#define NOCLOBBER_ENGINE_COMPARE_H

/*
 * Whether the source of a rename is a copy of its destination, for ALLOW_IF=same.
 *
 * The files are read in a thread with its own descriptor table, so that closing them drops no lock
 * of the host (`aside`, core/sys.h). If no such thread can be made, they do not count as equal.
 *
 * The comparison removes nothing. If the files are equal, the program's own rename follows: no name
 * vanishes that plain rename would keep, a program that still writes to the source then writes to
 * the destination, and the access control list, capabilities and other attributes of the source
 * come with it. Unlinking the source instead, or exchanging both and unlinking the old file, would
 * lose both files if two processes rename a to b and b to a at once, and the only copy if a server
 * shows one file under two inode numbers.
 */

#include "engine/call.h"
#include "engine/file.h"

/* In bytes. Larger files are not read and do not count as equal: a rename must not take seconds. */
#define COMPARE_SIZE_MAX (64ULL * 1024 * 1024)

/*
 * Compares two regular files by their bytes, or two symbolic links by their targets; mode, owner
 * and group must be equal, too. `source` and `destination` are the results of file_look for the two
 * ends of `call`. `buffer` is working space of the caller's, `size` bytes. Returns 1 if they are
 * equal; else 0, also if a file cannot be read, has changed since file_look or is larger than
 * COMPARE_SIZE_MAX, or if `aside` fails. Async-signal-safe, thread-safe.
 *
 * System calls: readlinkat(2) for links; for files those of `aside`, and within it openat, statx
 * and close twice each, and read.
 */
int compare_is_equal(const struct call *call, const struct file *source,
                     const struct file *destination, char *buffer, size_t size);

#endif
