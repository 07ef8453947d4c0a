/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_EXCLUSIVE_H
#define NOCLOBBER_ENGINE_EXCLUSIVE_H

/*
 * Exclusive rename: by the kernel's flag, and without it.
 *
 * Conventions: functions return 0 or -errno, allocate nothing and are async-signal-safe. Neither
 * way replaces anything that has contents. The most that the emulation can replace is an empty
 * directory that another process put in the place of the emulation's own.
 */

#include <errno.h>

#include "engine/call.h"
#include "engine/file.h"

/* Results of an exclusive attempt about the destination. What the program gets is decided later
 * (engine/guard.h). */
#define EXCLUSIVE_EXISTS (-EEXIST)
#define EXCLUSIVE_MISSING (-4096) /* outside Linux's errors, -4095 to -1 */

/*
 * What exclusive_rename returns for the kernel's `error` (a negative errno) of the exclusive
 * attempt:
 *   -EINVAL, -ENOSYS, -EOPNOTSUPP   EXCLUSIVE_MISSING
 *   -EPERM                          EXCLUSIVE_MISSING if renameat2 is forbidden altogether, which
 *                                   one more renameat2, of two empty paths, finds out
 *   -EEXIST, -ENOTEMPTY             EXCLUSIVE_EXISTS
 *   any other                       `error`
 */
int exclusive_error(const struct call *call, int error);

/* Converts the result of another call, made as part of a rename, to a result of rename: -EINVAL and
 * -ENOSYS become -EOPNOTSUPP; 0 and other errors stay. Pure. */
int exclusive_failure(int error);

/* Whether `error`, a negative errno of the exclusive attempt, is the final result: 1; 0 if it is
 * EXCLUSIVE_EXISTS, -EXDEV or one that exclusive_error examines. Pure. */
int exclusive_is_final(long error);

/*
 * Makes the call with RENAME_NOREPLACE added (renameat2(2)). Returns 0 if the rename was made; else
 * the kernel's error, or EXCLUSIVE_MISSING if the kernel, the filesystem or a seccomp filter does
 * not support the flag. EINVAL counts as unsupported, too, although it may also mean a directory
 * moved into itself: the next attempt tells the two apart.
 *
 * Inlined, like everything on the path of a rename without collision: a system call empties the
 * CPU's return-address predictor, so every frame on the way costs a mispredicted return.
 */
static inline int exclusive_rename(const struct call *call)
{
    const int result =
        sys_renameat2(call->sys, call->source_dirfd, call->source, call->destination_dirfd,
                      call->destination, call->flags | RENAME_NOREPLACE);

    return result == 0 ? 0 : exclusive_error(call, result);
}

/*
 * Does the same without the flag: link(2) and unlink(2); for a directory mkdir(2) and rename(2)
 * over that empty directory. `buffer` is working space of the caller's, PATH_RESOLVED_MAX bytes.
 *
 * Returns 0; EXCLUSIVE_EXISTS, -EXDEV and other errors of rename(2); -EINVAL for a directory moved into
 * itself and for a name that the filesystem forbids; -EOPNOTSUPP if the filesystem cannot do it: no
 * hard links at all or not to this file, or no rename of a directory over an empty one. On error
 * nothing has changed, unless a link cannot be recognised as ours: then the file keeps both names.
 */
int exclusive_emulate(const struct call *call, char *buffer);

#endif
