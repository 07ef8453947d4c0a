/* SPDX-License-Identifier: MIT */
/*
 * For a thread with our own root, openat2(2) starts at its directory, as the kernel does for the
 * thread. In a chroot or another mount namespace, absolute links and `..` must not leave the
 * thread's root: the path is made absolute, and openat2(2) resolves it with RESOLVE_IN_ROOT.
 */
#include "tracer/view.h"

#include <errno.h>
#include <linux/openat2.h>
#include <string.h>

#include "core/path.h"

static int open_below(const struct sys *sys, int fd, const char *path, int flags,
                      unsigned long long how)
{
    struct open_how open_how;

    memset(&open_how, 0, sizeof open_how);
    open_how.flags = (__u64)(flags | O_CLOEXEC);
    open_how.resolve = how | RESOLVE_NO_MAGICLINKS;
    return (int)sys->kernel(SYS_openat2, fd, (long)path, (long)&open_how, sizeof open_how, 0, 0);
}

/* /proc lacks the entry if the thread or its descriptor does not exist: ESRCH in place of
 * ENOENT. */
static int open_link(const struct sys *sys, int thread, const char *entry, int number)
{
    char name[PATH_PROC_NAME_MAX];
    int fd;

    path_proc_name(name, thread, entry, number);
    fd = sys_open_own(sys, name, O_PATH | O_DIRECTORY, 0);
    return fd == -ENOENT ? -ESRCH : fd;
}

/* Whether two open directories are the same, also in their mount if the kernel tells (Linux
 * 5.8). */
static int is_same_directory(const struct sys *sys, int one, int other)
{
    struct statx left;
    struct statx right;

    return sys_statx_fd(sys, one, &left) == 0 && sys_statx_fd(sys, other, &right) == 0 &&
           left.stx_ino == right.stx_ino && left.stx_dev_major == right.stx_dev_major &&
           left.stx_dev_minor == right.stx_dev_minor && sys_mount_id(&left) == sys_mount_id(&right);
}

static int is_our_root(const struct sys *sys, int root)
{
    const int ours = sys_open_own(sys, "/", O_PATH | O_DIRECTORY, 0);
    const int is_same = ours >= 0 && is_same_directory(sys, root, ours);

    if (ours >= 0)
        sys_close(sys, ours);
    return is_same;
}

/* ---- the same root ---- */

static int open_start(const struct sys *sys, int thread, int dirfd)
{
    return dirfd == AT_FDCWD ? open_link(sys, thread, "/cwd", -1)
                             : open_link(sys, thread, "/fd/", dirfd);
}

static int open_here(const struct sys *sys, int thread, int dirfd, const char *path, int flags)
{
    int start;
    int fd;

    if (path[0] == '/')
        return open_below(sys, AT_FDCWD, path, flags, 0);
    start = open_start(sys, thread, dirfd);
    if (start < 0)
        return start;
    fd = open_below(sys, start, path, flags, 0);
    sys_close(sys, start);
    return fd;
}

/* ---- another root ---- */

/* Removes the name of the thread's root from the front of `path`. -ESRCH if `path` is not below
 * it. */
static int strip_root(const struct sys *sys, int thread, char *path)
{
    char root[PATH_RESOLVED_MAX];
    const int result = path_read_directory(sys, thread, "/root", -1, root, sizeof root);
    const size_t length = result < 0 ? 0 : strlen(root);

    if (result < 0 || length == 1)
        return result;
    if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return -ESRCH;
    memmove(path, path + length, strlen(path + length) + 1);
    return 0;
}

/* Writes the relative `path` to `out` as an absolute one, seen from the thread's root. */
static int make_absolute(const struct sys *sys, int thread, int dirfd, const char *path, char *out,
                         size_t size)
{
    size_t used;
    int result = dirfd == AT_FDCWD ? path_read_directory(sys, thread, "/cwd", -1, out, size)
                                   : path_read_directory(sys, thread, "/fd/", dirfd, out, size);

    if (result == 0)
        result = strip_root(sys, thread, out);
    if (result < 0)
        return result == -ENOENT ? -ESRCH : result;
    used = strlen(out);
    if (used + 1 + strlen(path) >= size)
        return -ENAMETOOLONG;
    out[used] = '/';
    memcpy(out + used + 1, path, strlen(path) + 1);
    return 0;
}

static int open_there(const struct sys *sys, int thread, int root, int dirfd, const char *path,
                      int flags)
{
    char absolute[2 * PATH_RESOLVED_MAX];

    if (path[0] != '/') {
        const int result = make_absolute(sys, thread, dirfd, path, absolute, sizeof absolute);

        if (result < 0)
            return result;
        path = absolute;
    }
    return open_below(sys, root, path, flags, RESOLVE_IN_ROOT);
}

int view_open(const struct sys *sys, int thread, int dirfd, const char *path, int flags)
{
    const int root = open_link(sys, thread, "/root", -1);
    int fd;

    if (root < 0)
        return root;
    fd = is_our_root(sys, root) ? open_here(sys, thread, dirfd, path, flags)
                                : open_there(sys, thread, root, dirfd, path, flags);
    sys_close(sys, root);
    return fd;
}
