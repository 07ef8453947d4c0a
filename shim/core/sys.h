/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_SYS_H
#define NOCLOBBER_CORE_SYS_H

/*
 * The one table through which this project talks to the kernel.
 *
 * A `struct sys` has two entry points. Both take the number of a system call and its arguments, and
 * return what the kernel returns: 0 or a positive value, or a negative errno. The caller's `errno`
 * does not change (see route_next for the one exception). The library has a table of raw calls and
 * tables that go through the host's libc (preload/route.h); the command and its tracer have their
 * own; a test can make call n fail.
 *
 *   path    calls with a path of the program. They go the same way as the program's own libc calls,
 *           so that a fake root (fakechroot, fakeroot, pseudo) translates the path as usual.
 *   kernel  calls with a descriptor, without a path, or with a path of ours (/proc, the log). These
 *           paths are never translated.
 *
 * The wrappers below give these calls their types. Unless a comment says otherwise, each returns 0
 * or -errno, is async-signal-safe and thread-safe, allocates nothing, and does what the manual page
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

/* glibc, and musl since 1.2.5, declare struct statx, which must not be declared twice; older musl
 * does not. */
#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#endif

/* musl's struct statx comes without these attributes of <linux/stat.h>. */
#ifndef STATX_ATTR_IMMUTABLE
#define STATX_ATTR_IMMUTABLE 0x10
#define STATX_ATTR_APPEND 0x20
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000 /* Linux 5.8 */
#endif

/* mmap of 32-bit architectures that takes its offset in pages. */
#ifdef SYS_mmap2
#define SYS_MAP SYS_mmap2
#else
#define SYS_MAP SYS_mmap
#endif

/* On 32-bit architectures the old call ends in 2038; the new one came with Linux 5.1. */
#ifdef SYS_clock_gettime64
#define SYS_CLOCK SYS_clock_gettime64
#else
#define SYS_CLOCK SYS_clock_gettime
#endif

/* Whether `number` is a system call of the rename family: 1 or 0. Newer architectures have only
 * renameat2. Pure. */
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

    /* Runs `function` with a descriptor table of its own. Closing any descriptor of a file drops
     * all POSIX record locks that the process holds on it (fcntl(2)); here it does not. Returns
     * what `function` returns, 0 or more, or -errno if it did not run. NULL in a process that holds
     * no such locks: `function` is then called directly. */
    int (*aside)(int (*function)(void *), void *argument);

    /* 1: another process makes the rename, and does not share the descriptors opened here. */
    int is_remote;
};

/* renameat2(2), Linux 3.15. If `flags` is 0, calls renameat(2) on architectures that have it: an
 * old kernel or a seccomp profile may know only that one. */
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

/* statx(2), Linux 4.11: the only stat call whose structure is the same on every architecture and in
 * every libc. */
static inline int sys_statx(const struct sys *sys, int dirfd, const char *path, int flags,
                            struct statx *out)
{
    return (int)sys->path(SYS_statx, dirfd, (long)path, flags, STATX_BASIC_STATS, (long)out, 0);
}

/* The id of the mount that a file is on: stx_mnt_id, Linux 5.8; 0 on older kernels. It is read by
 * its offset, after stx_dev_minor, because musl 1.2.5 does not declare the member. Pure. */
static inline uint64_t sys_mount_id(const struct statx *facts)
{
    const size_t place = offsetof(struct statx, stx_dev_minor) + sizeof facts->stx_dev_minor;
    uint64_t id;

    memcpy(&id, (const char *)facts + place, sizeof id);
    return id;
}

/* openat(2) of a path of the program, with O_CLOEXEC and O_LARGEFILE. Returns a descriptor that the
 * caller closes, or -errno. Falls back to open(2) if a seccomp filter forbids openat. */
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

/* The flags of sys_open_word, by which an entry point recognises it. */
#define SYS_WORD_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/*
 * openat(2) of the directory `word`, one component of a path. Returns a descriptor that the caller
 * closes, or -errno: -ENOTDIR for a symbolic link; -ENOSYS if another library may translate the
 * program's paths, so that they are not the kernel's.
 */
static inline int sys_open_word(const struct sys *sys, int dirfd, const char *word)
{
    return (int)sys->path(SYS_openat, dirfd, (long)word, SYS_WORD_FLAGS, 0, 0, 0);
}

/* getcwd(2), the system call: bytes written to `out` including the NUL, or -errno. If `out` does
 * not begin with a slash, the directory is outside the root. */
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

/* openat(2) of a path of ours, absolute, with O_CLOEXEC and O_LARGEFILE. Returns a descriptor that
 * the caller closes, or -errno. */
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

/* statx(2) of a path of ours, absolute: follows no link and triggers no automount. */
static inline int sys_statx_own(const struct sys *sys, const char *path, struct statx *out)
{
    return (int)sys->kernel(SYS_statx, AT_FDCWD, (long)path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                            STATX_BASIC_STATS, (long)out, 0);
}

/* The next two take a path of the program straight to the kernel, and follow links. */

/* statx(2). */
static inline int sys_statx_raw(const struct sys *sys, int dirfd, const char *path,
                                struct statx *out)
{
    return (int)sys->kernel(SYS_statx, dirfd, (long)path, 0, STATX_BASIC_STATS, (long)out, 0);
}

/* faccessat(2): checks for the real user, like access(2). */
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

/* fstatfs(2), or fstatfs64(2) on 32-bit architectures: the filesystem's magic number, or 0 on
 * error. It is the first member: 32 bits there and on s390x, else 64 bits and little-endian. (The
 * kernel's header cannot be included together with libc's.) */
static inline int sys_fstatfs_type(const struct sys *sys, int fd)
{
    int out[32] = {0};
#ifdef SYS_fstatfs64
    const int size = 84; /* of struct statfs64 on i386 and ARM */
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

/* truncate(2) of a file of ours to 0 bytes: needs no descriptor and no disk space. */
static inline int sys_empty_own(const struct sys *sys, const char *path)
{
    return (int)sys->kernel(SYS_truncate, (long)path, 0, 0, 0, 0, 0);
}

/* lseek(2) by 0: the position in an open file in bytes, or -errno. On 32-bit architectures it works
 * up to 2 GiB. */
static inline long sys_tell(const struct sys *sys, int fd)
{
    return sys->kernel(SYS_lseek, fd, 0, SEEK_CUR, 0, 0, 0);
}

/* ftruncate(2) to `size` bytes. */
static inline int sys_cut(const struct sys *sys, int fd, long size)
{
    return (int)sys->kernel(SYS_ftruncate, fd, size, 0, 0, 0, 0);
}

/* close(2). Linux closes the descriptor whatever it returns, so callers ignore that. */
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

/* The kernel's struct __kernel_timespec, the same on every architecture. */
struct sys_time {
    long long seconds;
    long long nanoseconds;
};

/* clock_gettime(2); on 32-bit architectures the old call if the kernel lacks the new one. */
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

/* The next three take the kernel's signal set: signal n is bit n - 1. */

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

/* rt_sigtimedwait(2) without waiting: consumes one pending signal of `set`. Returns its number, or
 * -EAGAIN. */
static inline int sys_sigtake(const struct sys *sys, const unsigned long long *set)
{
    const struct timespec at_once = {0, 0};

    return (int)sys->kernel(SYS_rt_sigtimedwait, (long)set, 0, (long)&at_once, sizeof *set, 0, 0);
}

/* getpid(2), never cached: a vfork(2) child shares the memory but not the id. -ESRCH for a traced
 * process that has ended. */
static inline int sys_getpid(const struct sys *sys)
{
    return (int)sys->kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

/* mmap(2) of `size` bytes of private zeroed memory: its address, or -errno (-4095 to -1). The
 * caller gives it to sys_unmap. */
static inline long sys_map(const struct sys *sys, size_t size)
{
#ifdef __s390__ /* takes its arguments in memory */
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
