/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_GUARD_H
#define NOCLOBBER_ENGINE_GUARD_H

/*
 * The library's one decision: an exclusive rename first; the policy only if the destination exists.
 */

#include "core/policy.h"
#include "engine/call.h"

/*
 * Makes a call of the rename family under `policy`. Returns 0 or -errno: the program's result.
 *
 * If the destination does not exist, this is one exclusive rename and nothing else. Otherwise it is
 *   - plain rename's own result, if nothing would be replaced (engine/harmless.h);
 *   - the program's own call, if the policy allows it (recorded, for an exception or under audit);
 *   - a refusal, recorded: -EEXIST; -EBUSY for one that is repeated in a loop (engine/loop.h);
 *     -EOPNOTSUPP if no exclusive rename is available; under NOCLOBBER_ON_REFUSAL=exit the end of
 *     the process;
 *   - -ENOMEM if there is no memory for a scratch area; under audit the program's own call.
 *
 * What cannot be decided is refused. RENAME_EXCHANGE and flags that are not known here pass
 * unchanged (renameat2(2), Linux 3.15 to 6.18). Async-signal-safe and thread-safe; uses about 1.5
 * KiB of stack.
 *
 * System calls, listed because a seccomp filter of the host may kill it for any other
 * (tests/fault/own_filter.bats checks the list); each line that applies adds to those above it:
 *   no destination          renameat2
 *   a destination exists    mmap, once per process
 *   the policy has patterns openat and close for each directory of the path, up to 6; for a longer
 *                           path, or one with a symbolic link or `..`, one openat, readlinkat and
 *                           close; getcwd for a relative path; statx for patterns anchored at a
 *                           directory (engine/alias.h); statx and getdents64 for patterns that
 *                           match another spelling of the path (engine/spelling.h); for a
 *                           destination that is guarded without exception, statx instead of openat
 *                           for each directory but the last
 *   let through             renameat, or the program's own call
 *   refused                 statx, getpid, clock_gettime, geteuid; faccessat if not root; if both
 *                           ends are one inode, fstatfs and getdents64 (engine/harmless.h)
 *   recorded                readlinkat, rt_sigprocmask, rt_sigpending, write; those of patterns for
 *                           the source
 *   ALLOW_IF                openat, close; for `same` those of engine/compare.h and preload/aside.h
 *   no exclusive rename     readlinkat, linkat, unlinkat, mkdirat (engine/exclusive.h)
 *   SMB may be mounted      before all others readlinkat and statx; on a filesystem without a block
 *                           device openat, fstatfs and close (engine/filesystem.h)
 */
int guard_rename(const struct policy *policy, const struct call *call);

/* A result: the caller must make the program's own call (call_plain) and return its result. Outside
 * Linux's errors, and distinct from EXCLUSIVE_MISSING and ROUTE_WITHHELD. */
#define GUARD_OWN_CALL (-4098)

/*
 * The second half of guard_rename, for a caller that has already made the exclusive attempt:
 * `attempt` is its error, or EXCLUSIVE_MISSING, as exclusive_error returned it. The call's flags
 * may be RENAME_NOREPLACE and RENAME_WHITEOUT, no others. Returns what guard_rename returns, or
 * GUARD_OWN_CALL. Async-signal-safe and thread-safe.
 */
int guard_answer(const struct policy *policy, const struct call *call, int attempt);

/* The same for a call whose paths cannot be read: a collision is refused unless every policy only
 * audits. */
int guard_undecided(const struct policy *policy, const struct call *call, int attempt);

#endif
