/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FAULT_ERRORS_H
#define NOCLOBBER_TESTS_FAULT_ERRORS_H

/*
 * The errors with which each of the library's system calls can fail: those in its manual page, and
 * those that network filesystems and FUSE servers add to any call.
 */

#include <errno.h>

#include "core/sys.h"

/* Errors of servers: unreachable, interrupted wait, out of memory. */
#define FROM_AFAR EIO, EINTR, ESTALE, ETIMEDOUT, ENOTCONN, ENOMEM, EACCES, EPERM, EOPNOTSUPP, ENOSYS
#define OF_A_PATH ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EBADF, EINVAL
#define OF_A_CHANGE EEXIST, EXDEV, EROFS, ENOSPC, EDQUOT, EMLINK, EBUSY, EISDIR, ENOTEMPTY

/* When a call fails. */
enum {
    FAULT_BEFORE = 1, /* without any effect */
    FAULT_AFTER = 2,  /* after its effect, as if the reply were lost */
};

struct fault_errors {
    long number;
    int when; /* FAULT_BEFORE and FAULT_AFTER */
    int errors[32];
};

static const struct fault_errors fault_errors[] = {
#ifdef SYS_rename
    {SYS_rename, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, OF_A_CHANGE}},
#endif
#ifdef SYS_renameat
    {SYS_renameat, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, OF_A_CHANGE}},
#endif
    {SYS_renameat2, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, OF_A_CHANGE}},
    {SYS_linkat, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, OF_A_CHANGE}},
    {SYS_unlinkat, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, OF_A_CHANGE}},
    {SYS_mkdirat, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, OF_A_CHANGE}},
    {SYS_statx, FAULT_BEFORE, {FROM_AFAR, OF_A_PATH}},
    {SYS_readlinkat, FAULT_BEFORE, {FROM_AFAR, OF_A_PATH}},
    {SYS_openat, FAULT_BEFORE, {FROM_AFAR, OF_A_PATH, EMFILE, ENFILE, EROFS, ENXIO, ETXTBSY}},
    {SYS_getcwd, FAULT_BEFORE, {ENOENT, ERANGE, ENOMEM, EACCES}},
    {SYS_read, FAULT_BEFORE, {FROM_AFAR, EAGAIN, EBADF, EISDIR}},
    {SYS_write, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, EAGAIN, ENOSPC, EDQUOT, EFBIG, EPIPE}},
    {SYS_getdents64, FAULT_BEFORE, {FROM_AFAR, ENOENT, ENOTDIR, EBADF}},
    {SYS_close, FAULT_AFTER, {EIO, EINTR, ENOSPC, EDQUOT}}, /* Linux closes it in any case */
    {SYS_truncate, FAULT_BEFORE | FAULT_AFTER, {FROM_AFAR, OF_A_PATH, EROFS, EISDIR, ETXTBSY}},
    {SYS_clock_gettime, FAULT_BEFORE, {EINVAL, EPERM, ENOSYS}},
#ifdef SYS_clock_gettime64
    {SYS_clock_gettime64, FAULT_BEFORE, {EINVAL, EPERM, ENOSYS}},
#endif
    {SYS_rt_sigprocmask, FAULT_BEFORE, {EINVAL, EPERM}},
    {SYS_rt_sigpending, FAULT_BEFORE, {EINVAL, EPERM}},
    {SYS_rt_sigtimedwait, FAULT_BEFORE, {EAGAIN, EINTR}},
    {SYS_MAP, FAULT_BEFORE, {ENOMEM, EAGAIN, EPERM}},
    {SYS_munmap, FAULT_BEFORE, {ENOMEM, EINVAL}},
    {SYS_faccessat, FAULT_BEFORE, {FROM_AFAR, OF_A_PATH, EROFS}},
    {SYS_fstatfs, FAULT_BEFORE, {FROM_AFAR, EBADF}},
#ifdef SYS_fstatfs64
    {SYS_fstatfs64, FAULT_BEFORE, {FROM_AFAR, EBADF}},
#endif
#ifdef SYS_geteuid32
    {SYS_geteuid32, FAULT_BEFORE, {EPERM}},
#endif
    {SYS_geteuid, FAULT_BEFORE, {EPERM}},
    {SYS_clone, FAULT_BEFORE, {EAGAIN, EINVAL, ENOMEM, EPERM, ENOSYS}},
    {SYS_tgkill, FAULT_BEFORE, {EPERM, ESRCH, EINVAL}},
    {SYS_sched_yield, FAULT_BEFORE, {EPERM}},
    {SYS_getpid, FAULT_BEFORE, {EPERM}}, /* fails only under a seccomp filter */
};

/* The errors of a call, or NULL for a call that the library should not make. */
static inline const struct fault_errors *errors_of(long number)
{
    for (unsigned i = 0; i < sizeof fault_errors / sizeof fault_errors[0]; i++)
        if (fault_errors[i].number == number)
            return &fault_errors[i];
    return NULL;
}

/*
 * Whether rename may return `error`: those of rename(2), EOPNOTSUPP (libnoclobber(7)), and those of
 * an unreachable filesystem, which the kernel also returns for a plain rename. Neither ENOSYS nor
 * EINVAL: callers read the first as "no rename at all", the second as "a directory moved into
 * itself".
 */
static inline int is_error_of_rename(int error)
{
    static const int all[] = {EACCES,     EBADF,     EBUSY,        EDQUOT,    EEXIST,  EISDIR,
                              ELOOP,      EMLINK,    ENAMETOOLONG, ENOENT,    ENOMEM,  ENOSPC,
                              ENOTDIR,    ENOTEMPTY, EPERM,        EROFS,     EXDEV,   EIO,
                              EOPNOTSUPP, EINTR,     ESTALE,       ETIMEDOUT, ENOTCONN};

    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i] == error)
            return 1;
    return 0;
}

#endif
