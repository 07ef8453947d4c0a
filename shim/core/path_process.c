/* SPDX-License-Identifier: MIT */
/*
 * Paths of another process. It may live in a chroot or in another mount namespace, so its words are
 * turned into a path below its own root first, and the kernel then resolves that inside
 * /proc/PID/root. Not part of the library: its buffers are too large for a host's stack.
 */
#include "core/path.h"

#include <errno.h>
#include <linux/openat2.h>
#include <string.h>

/* openat2(2) with RESOLVE_IN_ROOT: `path`, and every symbolic link on its way, is taken from
 * `rootfd` as "/". */
static int open_in_root(const struct sys *sys, int rootfd, const char *path)
{
    struct open_how how;

    memset(&how, 0, sizeof how);
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT;
    return (int)sys->kernel(SYS_openat2, rootfd, (long)path, (long)&how, sizeof how, 0, 0);
}

/* Cuts the name of the process's root off the front of `path`, which is below it. */
static int strip_root(const struct sys *sys, int pid, char *path)
{
    char root[PATH_RESOLVED_MAX];
    const int result = path_read_directory(sys, pid, "/root", -1, root, sizeof root);
    const size_t length = result < 0 ? 0 : strlen(root);

    if (result < 0 || length == 1)
        return result;
    if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return -ENOENT;
    memmove(path, path + length, strlen(path + length) + 1);
    return 0;
}

/* Puts the directory that a relative `path` of another process begins in, as that process names it,
 * before it. */
static int prefix_start(const struct sys *sys, int pid, int dirfd, char *path, size_t size)
{
    char start[2 * PATH_RESOLVED_MAX];
    const size_t length = strlen(path) + 1;
    size_t used;
    int result = dirfd == AT_FDCWD
                     ? path_read_directory(sys, pid, "/cwd", -1, start, PATH_RESOLVED_MAX)
                     : path_read_directory(sys, pid, "/fd/", dirfd, start, PATH_RESOLVED_MAX);

    if (result == 0)
        result = strip_root(sys, pid, start);
    if (result < 0)
        return result;
    used = strlen(start);
    if (used + 1 + length > size)
        return -ENAMETOOLONG;
    memmove(path + used + 1, path, length);
    memcpy(path, start, used);
    path[used] = '/';
    return 0;
}

static int resolve_parent_of(const struct sys *sys, int pid, int dirfd, char *out, size_t size)
{
    char name[PATH_PROC_NAME_MAX];
    int root;
    int fd;
    int result = out[0] == '/' ? 0 : prefix_start(sys, pid, dirfd, out, size);

    if (result < 0)
        return result;
    path_proc_name(name, pid, "/root", -1);
    root = sys_open_own(sys, name, O_PATH | O_DIRECTORY, 0);
    if (root < 0)
        return root;
    fd = open_in_root(sys, root, out);
    sys_close(sys, root);
    return fd < 0 ? fd : path_read_descriptor(sys, fd, out, size);
}

int path_resolve_for(const struct sys *sys, int pid, int dirfd, const char *path, char *out,
                     size_t size)
{
    int result = path_take_parent(path, out, size);

    if (result == 0)
        result = resolve_parent_of(sys, pid, dirfd, out, size);
    return result < 0 ? result : path_append_last(path, out, size);
}
