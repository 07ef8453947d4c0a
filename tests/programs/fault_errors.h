/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FAULT_ERRORS_H
#define NOCLOBBER_TESTS_FAULT_ERRORS_H

/*
 * With what each of the library's system calls can fail: what its manual page lists, and what network
 * filesystems and FUSE servers add to any call that goes to them.
 */

#include <errno.h>

#include "core/sys.h"

/* What comes from far away: a server that is gone, an interrupted wait, memory. */
#define FROM_AFAR EIO, EINTR, ESTALE, ETIMEDOUT, ENOTCONN, ENOMEM, EACCES, EPERM, EOPNOTSUPP, ENOSYS
#define OF_A_PATH ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EBADF, EINVAL
#define OF_A_CHANGE EEXIST, EXDEV, EROFS, ENOSPC, EDQUOT, EMLINK, EBUSY, EISDIR, ENOTEMPTY

/* When a call fails. */
enum {
    FAULT_BEFORE = 1, /* it has done nothing */
    FAULT_AFTER = 2,  /* it has done what it was to do: the answer was lost on the way */
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
    {SYS_close, FAULT_AFTER, {EIO, EINTR, ENOSPC, EDQUOT}}, /* Linux closes whatever it says */
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
#ifdef SYS_geteuid32
    {SYS_geteuid32, FAULT_BEFORE, {EPERM}},
#endif
    {SYS_geteuid, FAULT_BEFORE, {EPERM}},
    {SYS_clone, FAULT_BEFORE, {EAGAIN, EINVAL, ENOMEM, EPERM, ENOSYS}},
    {SYS_tgkill, FAULT_BEFORE, {EPERM, ESRCH, EINVAL}},
    {SYS_sched_yield, FAULT_BEFORE, {EPERM}},
    {SYS_getpid, FAULT_BEFORE, {EPERM}}, /* never of its own, but a seccomp filter's */
};

/* What a call can fail with, or NULL for one that the library is not known to make. */
static inline const struct fault_errors *errors_of(long number)
{
    for (unsigned i = 0; i < sizeof fault_errors / sizeof fault_errors[0]; i++)
        if (fault_errors[i].number == number)
            return &fault_errors[i];
    return NULL;
}

/*
 * What rename may answer: rename(2)'s list, EOPNOTSUPP (libnoclobber(7)), and what its filesystem says when
 * it is out of reach, which the kernel hands on of a plain rename, too. Neither ENOSYS nor EINVAL:
 * the first says that there is no rename, the second that a directory would be its own parent.
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
