/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_SYS_H
#define NOCLOBBER_CORE_SYS_H

/*
 * The one table through which this project talks to the kernel.
 *
 * A `struct sys` holds two entry points for system calls. Both take a system call's number and its arguments and
 * return what the kernel returns: 0 or a positive value, or a negative errno. Neither touches
 * `errno` as far as a caller can tell. Whoever owns the process supplies them: the library has a
 * raw table and one that goes through the host's own libc (preload/route.h), a command may wrap
 * syscall(2), and a test can fail call n.
 *
 *   path    calls that take a path of the program. They go the way the program's own libc calls
 *           go, so that a fake root (fakechroot, fakeroot, pseudo) translates them like any other.
 *   kernel  calls that take a descriptor, nothing, or a path of ours (/proc, the log): never
 *           translated.
 *
 * The wrappers below are those calls with their types. Unless one says otherwise each returns 0 or
 * -errno, is async-signal-safe and thread-safe, allocates nothing, and behaves as the manual page
 * of its name says.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

/* struct statx is libc's in glibc and in musl since 1.2.5, and must not be declared twice; before,
 * musl has none. */
#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#endif

/* musl's struct statx comes without these, from <linux/stat.h>. */
#ifndef STATX_ATTR_IMMUTABLE
#define STATX_ATTR_IMMUTABLE 0x10
#define STATX_ATTR_APPEND 0x20
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000 /* Linux 5.8 */
#endif

/* 32-bit architectures count the offset in pages. */
#ifdef SYS_mmap2
#define SYS_MAP SYS_mmap2
#else
#define SYS_MAP SYS_mmap
#endif

/* The old call of 32-bit architectures counts seconds up to 2038; the new one is of Linux 5.1. */
#ifdef SYS_clock_gettime64
#define SYS_CLOCK SYS_clock_gettime64
#else
#define SYS_CLOCK SYS_clock_gettime
#endif

/* Whether a system call of this number renames: 1 or 0. Newer architectures have renameat2 alone. Pure. */
static inline int sys_is_rename(long number)
{
#ifdef SYS_rename
    if (number == SYS_rename)
        return 1;
#endif
#ifdef SYS_renameat
    if (number == SYS_renameat)
        return 1;
#endif
    return number == SYS_renameat2;
}

struct sys {
    long (*path)(long number, long a, long b, long c, long d, long e, long f);
    long (*kernel)(long number, long a, long b, long c, long d, long e, long f);

    /* Runs `function` where closing a file drops no lock of the process: closing any descriptor of
     * a file drops all POSIX record locks that the process holds on it, fcntl(2). Returns what
     * `function` returns, 0 or more, or -errno if it did not run. NULL in a process that holds no
     * such locks: `function` is called directly. */
    int (*aside)(int (*function)(void *), void *argument);

    /* 1: another process makes the calls, and it does not have the descriptors that are opened. */
    int is_remote;
};

/* renameat2(2), Linux 3.15. With `flags` 0 it is renameat(2), and is asked as such where the call
 * exists, because an old kernel or a seccomp profile may know only that one. */
static inline int sys_renameat2(const struct sys *sys, int source_dirfd, const char *source,
                                int destination_dirfd, const char *destination, unsigned flags)
{
#ifdef SYS_renameat
    if (flags == 0)
        return (int)sys->path(SYS_renameat, source_dirfd, (long)source, destination_dirfd,
                              (long)destination, 0, 0);
#endif
    return (int)sys->path(SYS_renameat2, source_dirfd, (long)source, destination_dirfd,
                          (long)destination, (long)flags, 0);
}

/* linkat(2) without flags: a symbolic link is linked itself, not followed. */
static inline int sys_linkat(const struct sys *sys, int source_dirfd, const char *source,
                             int destination_dirfd, const char *destination)
{
    return (int)sys->path(SYS_linkat, source_dirfd, (long)source, destination_dirfd,
                          (long)destination, 0, 0);
}

/* unlinkat(2); `flags` is 0 or AT_REMOVEDIR. */
static inline int sys_unlinkat(const struct sys *sys, int dirfd, const char *path, int flags)
{
    return (int)sys->path(SYS_unlinkat, dirfd, (long)path, flags, 0, 0, 0);
}

/* mkdirat(2). */
static inline int sys_mkdirat(const struct sys *sys, int dirfd, const char *path, unsigned mode)
{
    return (int)sys->path(SYS_mkdirat, dirfd, (long)path, (long)mode, 0, 0, 0);
}

/* statx(2), Linux 4.11: the one stat call whose structure is the same on every architecture and in
 * every libc. */
static inline int sys_statx(const struct sys *sys, int dirfd, const char *path, int flags,
                            struct statx *out)
{
    return (int)sys->path(SYS_statx, dirfd, (long)path, flags, STATX_BASIC_STATS, (long)out, 0);
}

/* The number of the mount that a file was found on: stx_mnt_id, behind stx_dev_minor since Linux 5.8;
 * 0 from older kernels. By its place, because musl 1.2.5 declares the structure without it. Pure. */
static inline uint64_t sys_mount_id(const struct statx *facts)
{
    const size_t place = offsetof(struct statx, stx_dev_minor) + sizeof facts->stx_dev_minor;
    uint64_t id;

    memcpy(&id, (const char *)facts + place, sizeof id);
    return id;
}

/* openat(2) of a path of the program, of any size: an O_CLOEXEC descriptor that the caller closes,
 * or -errno. open(2) if a seccomp filter forbids openat. */
static inline int sys_openat(const struct sys *sys, int dirfd, const char *path, int flags)
{
    const int all = flags | O_CLOEXEC | O_LARGEFILE;
    int fd = (int)sys->path(SYS_openat, dirfd, (long)path, all, 0, 0, 0);

#ifdef SYS_open
    if (fd == -EPERM && dirfd == AT_FDCWD)
        fd = (int)sys->path(SYS_open, (long)path, all, 0, 0, 0, 0);
#endif
    return fd;
}

/* The flags of sys_open_word, by which a table knows it. */
#define SYS_WORD_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/*
 * openat(2) of the directory `word`, one component of a path: a descriptor that the caller closes,
 * or -errno; -ENOTDIR for a symbolic link. -ENOSYS if another library may translate the program's
 * paths, so that words say nothing about the kernel's names.
 */
static inline int sys_open_word(const struct sys *sys, int dirfd, const char *word)
{
    return (int)sys->path(SYS_openat, dirfd, (long)word, SYS_WORD_FLAGS, 0, 0, 0);
}

/* getcwd(2), the system call: bytes written to `out` with the NUL, or -errno. What begins with no
 * slash is a directory outside the root. */
static inline long sys_getcwd(const struct sys *sys, char *out, size_t size)
{
    return sys->kernel(SYS_getcwd, (long)out, (long)size, 0, 0, 0, 0);
}

/* readlinkat(2) of a path of the program: bytes written to `out` (no NUL is added), or -errno. */
static inline long sys_readlinkat(const struct sys *sys, int dirfd, const char *path, char *out,
                                  size_t size)
{
    return sys->path(SYS_readlinkat, dirfd, (long)path, (long)out, (long)size, 0, 0);
}

/* readlinkat(2) of a path of ours, such as /proc/self/exe: bytes written (no NUL), or -errno.
 * readlink(2) if a seccomp filter forbids it. */
static inline long sys_readlink_own(const struct sys *sys, const char *path, char *out, size_t size)
{
    long length = sys->kernel(SYS_readlinkat, AT_FDCWD, (long)path, (long)out, (long)size, 0, 0);

#ifdef SYS_readlink
    if (length == -EPERM)
        length = sys->kernel(SYS_readlink, (long)path, (long)out, (long)size, 0, 0, 0);
#endif
    return length;
}

/* openat(2) of a path of ours, absolute, of any size: an O_CLOEXEC descriptor that the caller closes,
 * or -errno. */
static inline int sys_open_own(const struct sys *sys, const char *path, int flags, unsigned mode)
{
    return (int)sys->kernel(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC | O_LARGEFILE,
                            (long)mode, 0, 0);
}

/* statx(2) of an open descriptor. */
static inline int sys_statx_fd(const struct sys *sys, int fd, struct statx *out)
{
    return (int)sys->kernel(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_BASIC_STATS, (long)out,
                            0);
}

/* statx(2) of a path of ours, absolute: the file itself, no automount. */
static inline int sys_statx_own(const struct sys *sys, const char *path, struct statx *out)
{
    return (int)sys->kernel(SYS_statx, AT_FDCWD, (long)path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                            STATX_BASIC_STATS, (long)out, 0);
}

/* The two below go past every library in between, with a path of the program, and follow links. */

/* statx(2). */
static inline int sys_statx_raw(const struct sys *sys, int dirfd, const char *path,
                                struct statx *out)
{
    return (int)sys->kernel(SYS_statx, dirfd, (long)path, 0, STATX_BASIC_STATS, (long)out, 0);
}

/* faccessat(2) for the real user, like access(2). */
static inline int sys_access_raw(const struct sys *sys, int dirfd, const char *path, int mode)
{
    return (int)sys->kernel(SYS_faccessat, dirfd, (long)path, mode, 0, 0, 0);
}

/* geteuid(2). */
static inline long sys_geteuid(const struct sys *sys)
{
#ifdef SYS_geteuid32
    return sys->kernel(SYS_geteuid32, 0, 0, 0, 0, 0, 0);
#else
    return sys->kernel(SYS_geteuid, 0, 0, 0, 0, 0, 0);
#endif
}

/* fstatfs(2), or fstatfs64(2) on 32-bit architectures: the filesystem's magic number, or 0 if it fails.
 * That is the first member, of 32 bits there and on s390x, else of 64 and little-endian. (The
 * kernel's header and libc's cannot be included together.) */
static inline int sys_fstatfs_type(const struct sys *sys, int fd)
{
    int out[32] = {0};
#ifdef SYS_fstatfs64
    const int size = 84; /* of i386 and ARM */
    const int result = (int)sys->kernel(SYS_fstatfs64, fd, size, (long)&out, 0, 0, 0);
#else
    const int result = (int)sys->kernel(SYS_fstatfs, fd, (long)&out, 0, 0, 0, 0);
#endif

    return result < 0 ? 0 : out[0];
}

/* read(2): bytes read, 0 at the end, or -errno. */
static inline long sys_read(const struct sys *sys, int fd, void *out, size_t size)
{
    return sys->kernel(SYS_read, fd, (long)out, (long)size, 0, 0, 0);
}

/* write(2): bytes written, which may be fewer than `size`, or -errno. */
static inline long sys_write(const struct sys *sys, int fd, const void *bytes, size_t size)
{
    return sys->kernel(SYS_write, fd, (long)bytes, (long)size, 0, 0, 0);
}

/* truncate(2) to nothing of a file of ours: takes no descriptor and no room on the disk. */
static inline int sys_empty_own(const struct sys *sys, const char *path)
{
    return (int)sys->kernel(SYS_truncate, (long)path, 0, 0, 0, 0, 0);
}

/* lseek(2) to where an open file is already: the position, or -errno. On 32-bit architectures up to
 * 2 GiB. */
static inline long sys_tell(const struct sys *sys, int fd)
{
    return sys->kernel(SYS_lseek, fd, 0, SEEK_CUR, 0, 0, 0);
}

/* ftruncate(2). */
static inline int sys_cut(const struct sys *sys, int fd, long size)
{
    return (int)sys->kernel(SYS_ftruncate, fd, size, 0, 0, 0, 0);
}

/* close(2). The descriptor is gone whatever the answer (Linux), so callers ignore it. */
static inline int sys_close(const struct sys *sys, int fd)
{
    return (int)sys->kernel(SYS_close, fd, 0, 0, 0, 0, 0);
}

/* flock(2). */
static inline int sys_flock(const struct sys *sys, int fd, int operation)
{
    return (int)sys->kernel(SYS_flock, fd, operation, 0, 0, 0, 0);
}

/* getdents64(2): bytes of `struct linux_dirent64` records, 0 at the end, or -errno. */
static inline long sys_getdents64(const struct sys *sys, int fd, void *out, size_t size)
{
    return sys->kernel(SYS_getdents64, fd, (long)out, (long)size, 0, 0, 0);
}

/* A time as the kernel has it on every architecture, struct __kernel_timespec. */
struct sys_time {
    long long seconds;
    long long nanoseconds;
};

/* clock_gettime(2). */
static inline int sys_clock_gettime(const struct sys *sys, clockid_t clock, struct sys_time *out)
{
    int result = (int)sys->kernel(SYS_CLOCK, clock, (long)out, 0, 0, 0, 0);

#ifdef SYS_clock_gettime64
    if (result == -ENOSYS) {
        long old[2] = {0, 0};

        result = (int)sys->kernel(SYS_clock_gettime, clock, (long)old, 0, 0, 0, 0);
        out->seconds = old[0];
        out->nanoseconds = old[1];
    }
#endif
    return result;
}

/* The three below take a set of signals as the kernel has it: a bit for each, from 1 on. */

/* rt_sigprocmask(2); `old` may be NULL. */
static inline int sys_sigprocmask(const struct sys *sys, int how, const unsigned long long *set,
                                  unsigned long long *old)
{
    return (int)sys->kernel(SYS_rt_sigprocmask, how, (long)set, (long)old, sizeof *set, 0, 0);
}

/* rt_sigpending(2). */
static inline int sys_sigpending(const struct sys *sys, unsigned long long *set)
{
    return (int)sys->kernel(SYS_rt_sigpending, (long)set, sizeof *set, 0, 0, 0, 0);
}

/* rt_sigtimedwait(2) without waiting: takes one pending signal of `set`. Its number, or -EAGAIN. */
static inline int sys_sigtake(const struct sys *sys, const unsigned long long *set)
{
    const struct timespec at_once = {0, 0};

    return (int)sys->kernel(SYS_rt_sigtimedwait, (long)set, 0, (long)&at_once, sizeof *set, 0, 0);
}

/* getpid(2), asked anew each time: a cached one is wrong in a vfork(2) child. -ESRCH for a traced process that
 * has ended meanwhile. */
static inline int sys_getpid(const struct sys *sys)
{
    return (int)sys->kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

/* mmap(2) of `size` bytes of private zeroed memory: its address, or -errno (-4095 to -1). */
static inline long sys_map(const struct sys *sys, size_t size)
{
#ifdef __s390__ /* which passes all of them in memory */
    const long arguments[] = {0,  (long)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                              -1, 0};

    return sys->kernel(SYS_MAP, (long)arguments, 0, 0, 0, 0, 0);
#else
    return sys->kernel(SYS_MAP, 0, (long)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
#endif
}

/* munmap(2). */
static inline int sys_unmap(const struct sys *sys, void *address, size_t size)
{
    return (int)sys->kernel(SYS_munmap, (long)address, (long)size, 0, 0, 0, 0);
}

/* exit_group(2): ends the process at once, without atexit handlers. Returns only from a test's
 * table. */
static inline void sys_exit_group(const struct sys *sys, int status)
{
    sys->kernel(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

#endif
