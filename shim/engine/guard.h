/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_GUARD_H
#define NOCLOBBER_ENGINE_GUARD_H

/*
 * The library's one decision: exclusive first, policy only when something is in the way.
 */

#include "core/policy.h"
#include "engine/call.h"

/*
 * Makes a call of the rename family under `policy`. Returns 0 or -errno, as the program is to be
 * told.
 *
 * Without anything in the way that is one exclusive rename and nothing else. Otherwise:
 *   - the kernel's own answer, wherever nothing could be lost;
 *   - the program's own call, where the policy lets it (recorded, for an exception or under audit);
 *   - -EEXIST, recorded, for a refusal; -EBUSY for one repeated in a loop (engine/loop.h);
 *     -EOPNOTSUPP where no exclusive rename is to be had; the end of the process under
 *     NOCLOBBER_ON_REFUSAL=exit;
 *   - -ENOMEM where a scratch area was needed and could not be had; audit lets the call through.
 *
 * What can't be decided is refused. Async-signal-safe and thread-safe; uses about 1.5 KiB of stack.
 * renameat2's RENAME_EXCHANGE and flags that are not known here pass unchanged (rename(2), Linux
 * 3.15 to 6.18).
 *
 * System calls, since a seccomp filter of the host's own may end it at any that it does not list
 * (tests/fault/own_filter.bats holds this to it):
 *   nothing in the way      renameat2
 *   something is            and mmap, once in a process
 *   patterns                and openat and close of each directory on the way to the destination, up to
 *                           6; of a longer way, or one with a symbolic link or `..`, one openat,
 *                           readlinkat and close; getcwd for a path that is not absolute; statx for
 *                           patterns that are anchored at a directory (engine/alias.h) or differ in
 *                           case from the path (engine/spelling.h, getdents64 too)
 *   let through             and renameat; or the program's own call
 *   refused                 and statx, getpid, clock_gettime, geteuid; faccessat if not root; if both
 *                           ends are one inode, fstatfs, getdents64 (engine/harmless.h)
 *   recorded                and readlinkat, rt_sigprocmask, rt_sigpending, write, and those of patterns
 *                           for the source
 *   ALLOW_IF                and openat, close; for `same` those of engine/compare.h, preload/aside.h
 *   no exclusive rename     and readlinkat, linkat, unlinkat, mkdirat (engine/exclusive.h)
 *   SMB may be mounted      and readlinkat, statx, before all others; for a filesystem without a block
 *                           device openat, fstatfs, close (engine/filesystem.h)
 */
int guard_rename(const struct policy *policy, const struct call *call);

/* An answer: the caller must make the program's own call (call_plain) and return what the kernel says.
 * Beyond the errors that Linux has, EXCLUSIVE_MISSING, and one of preload/route.h. */
#define GUARD_OWN_CALL (-4098)

/*
 * The second half of guard_rename, for a caller that has made the exclusive attempt already: `attempt` is what
 * exclusive_error made of its error. The call's flags are RENAME_NOREPLACE and
 * RENAME_WHITEOUT, or none. Returns what guard_rename does, or GUARD_OWN_CALL: nothing is left to do then but
 * that call.
 */
int guard_answer(const struct policy *policy, const struct call *call, int attempt);

/* The same for a call whose paths cannot be read: what needs them is refused. */
int guard_undecided(const struct policy *policy, const struct call *call, int attempt);

#endif
