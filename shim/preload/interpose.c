/* SPDX-License-Identifier: MIT */
/*
 * The names that the library takes over from libc: these four, and no other
 * (shim/preload/exports.map, checked by scripts/check-exports). Each has the contract of its manual
 * page, rename(2) and syscall(2), except that it replaces nothing that the policy guards. Here
 * alone errno is set: on failure, and left as it was on success.
 */
#include <errno.h>

#include "preload/guard.h"
#include "preload/route.h"
#include "preload/setup.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int rename(const char *source, const char *destination);
EXPORT int renameat(int source_dirfd, const char *source, int destination_dirfd,
                    const char *destination);
EXPORT int renameat2(int source_dirfd, const char *source, int destination_dirfd,
                     const char *destination, unsigned flags);
EXPORT long interposed_syscall(long number, long a, long b, long c, long d, long e,
                               long f) __asm__("syscall");

static int answer(const struct call *call)
{
    int *const error = &errno;
    const int before = *error;
    const int result = guard_rename(setup_policy(), call);

    *error = result < 0 ? -result : before;
    return result < 0 ? -1 : 0;
}

int rename(const char *source, const char *destination)
{
    const struct call call = {setup_sys(), CALL_RENAME, AT_FDCWD, source, AT_FDCWD, destination, 0};

    return answer(&call);
}

int renameat(int source_dirfd, const char *source, int destination_dirfd, const char *destination)
{
    const struct call call = {
        setup_sys(), CALL_RENAMEAT, source_dirfd, source, destination_dirfd, destination, 0};

    return answer(&call);
}

int renameat2(int source_dirfd, const char *source, int destination_dirfd, const char *destination,
              unsigned flags)
{
    const struct call call = {setup_sys(),       CALL_RENAMEAT2, source_dirfd, source,
                              destination_dirfd, destination,    flags};

    return answer(&call);
}

/* The same three by number. A program that asks by number means the kernel, past any fake root: so
 * does the answer. */

#ifdef SYS_rename
__attribute__((noinline)) static long by_number_rename(long source, long destination)
{
    const struct call call = {&route_raw, CALL_RENAME,
                              AT_FDCWD,   (const char *)source,
                              AT_FDCWD,   (const char *)destination,
                              0};

    return answer(&call);
}
#endif

__attribute__((noinline)) static long by_number_at(enum call_name name, long source_dirfd,
                                                   long source, long destination_dirfd,
                                                   long destination, long flags)
{
    const struct call call = {&route_raw,
                              name,
                              (int)source_dirfd,
                              (const char *)source,
                              (int)destination_dirfd,
                              (const char *)destination,
                              (unsigned)flags};

    return answer(&call);
}

long interposed_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
#ifdef SYS_rename
    case SYS_rename: return by_number_rename(a, b);
#endif
#ifdef SYS_renameat
    case SYS_renameat: return by_number_at(CALL_RENAMEAT, a, b, c, d, 0);
#endif
    case SYS_renameat2: return by_number_at(CALL_RENAMEAT2, a, b, c, d, e);
    default: return route_syscall(number, a, b, c, d, e, f);
    }
}
