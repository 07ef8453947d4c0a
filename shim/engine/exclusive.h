/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_EXCLUSIVE_H
#define NOCLOBBER_ENGINE_EXCLUSIVE_H

/*
 * Exclusive rename: by the kernel's flag, and without it.
 *
 * Conventions: 0 or -errno, nothing allocated, async-signal-safe. Neither function ever replaces
 * anything that has contents: all that the second can replace is an empty directory that somebody
 * put in the place of its own.
 */

#include "engine/call.h"
#include "engine/file.h"

#define EXCLUSIVE_MISSING (-4096) /* one beyond the errors that Linux has */

/* What exclusive_rename makes of the kernel's `error`, which is not 0. */
int exclusive_error(const struct call *call, int error);

/* The error of another call that was made for a rename, as rename may say it: EOPNOTSUPP in place of
 * EINVAL and ENOSYS, 0 and the rest as they are. Pure. */
int exclusive_failure(int error);

/* Whether `error` is one that nobody has to look into: neither EEXIST, EXDEV nor one that may mean
 * EXCLUSIVE_MISSING. 1 or 0. Pure. */
int exclusive_is_final(long error);

/*
 * Makes the call with RENAME_NOREPLACE added. Returns 0 when it was made and nothing was in the
 * way; else the kernel's error, or EXCLUSIVE_MISSING where kernel, filesystem or a seccomp filter
 * does not know the flag, or may not: EINVAL also means a directory moved into itself, and
 * EXCLUSIVE_MISSING leaves that to whoever tries next.
 *
 * Inline, like all that a call without collision goes through: after a system call the processor
 * has forgotten where to return to, and so each level of calls costs more than its instructions.
 */
static inline int exclusive_rename(const struct call *call)
{
    const int result =
        sys_renameat2(call->sys, call->source_dirfd, call->source, call->destination_dirfd,
                      call->destination, call->flags | RENAME_NOREPLACE);

    return result == 0 ? 0 : exclusive_error(call, result);
}

/*
 * Does the same without the flag: link(2) and unlink(2); for a directory mkdir(2) and rename(2) over
 * that empty directory. `buffer` is PATH_RESOLVED_MAX bytes of the caller's. Errors: -EEXIST, -EXDEV
 * and other errors of rename(2); -EINVAL for a directory moved into itself and for a name that the
 * filesystem does not allow; -EOPNOTSUPP if it cannot be done: no hard links here or not of this
 * file, or no directory is renamed over an empty one. Then nothing has changed.
 */
int exclusive_emulate(const struct call *call, char *buffer);

#endif
