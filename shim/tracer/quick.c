/* SPDX-License-Identifier: MIT */
#include "tracer/quick.h"

#include <errno.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/vfs.h>

#include "core/path.h"
#include "engine/exclusive.h"
#include "tracer/remote_sys.h"

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif
#define ZFS_MAGIC 0x2fc12fc1

static const struct policy *run_policy;
static struct statx root; /* our own root directory */
static int is_possible;

/* Filesystems whose root the kernel opens (/proc/PID/root) without asking a server, as it may have
 * to for others. */
static int is_local(const char *path)
{
    static const unsigned long locals[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                                           TMPFS_MAGIC,      RAMFS_MAGIC,     OVERLAYFS_SUPER_MAGIC,
                                           F2FS_SUPER_MAGIC, SQUASHFS_MAGIC,  EROFS_SUPER_MAGIC_V1,
                                           ZFS_MAGIC};
    struct statfs facts;

    if (statfs(path, &facts) != 0)
        return 0;
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        if ((unsigned long)facts.f_type == locals[i])
            return 1;
    return 0;
}

static int identify(int fd, struct statx *out)
{
    return (int)remote_ours->kernel(SYS_statx, fd, (long)"", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                                    STATX_INO, (long)out, 0);
}

void quick_start(const struct policy *policy)
{
    const int fd = sys_open_own(remote_ours, "/", O_PATH | O_DIRECTORY, 0);

    run_policy = policy;
    is_possible = fd >= 0 && identify(fd, &root) == 0 && is_local("/") && policy_needs_path(policy);
    if (fd >= 0)
        sys_close(remote_ours, fd);
}

/* ---- the tracee's paths ---- */

/* If process_vm_readv(2) may not read the program, a worker reads it by ptrace(2). */
static int refuse_copy(struct remote *remote, uint64_t address, void *bytes, size_t size,
                       int is_write)
{
    (void)remote;
    (void)address;
    (void)bytes;
    (void)size;
    (void)is_write;
    return -EAGAIN;
}

/* Does not block on a page: the kernel has just read the paths, so they are in memory. */
static int read_paths(const struct tracee *tracee, char *source, char *destination, size_t size)
{
    const uint64_t *const given = tracee->call.arguments;
    const int is_short = tracee->name == ABI_RENAME;
    struct remote remote = {.thread = tracee->thread, .copy = refuse_copy};
    int result = remote_read_string(&remote, given[is_short ? 0 : 1], source, size);

    if (result == 0)
        result = remote_read_string(&remote, given[is_short ? 1 : 3], destination, size);
    return result;
}

static int has_our_root(pid_t thread)
{
    char name[PATH_PROC_NAME_MAX];
    struct statx its;
    int result;
    int fd;

    path_proc_name(name, thread, "/root", -1);
    fd = sys_open_own(remote_ours, name, O_PATH | O_DIRECTORY, 0);
    if (fd < 0)
        return 0;
    result = identify(fd, &its) == 0 && its.stx_ino == root.stx_ino &&
             its.stx_dev_major == root.stx_dev_major && its.stx_dev_minor == root.stx_dev_minor &&
             sys_mount_id(&its) == sys_mount_id(&root);
    sys_close(remote_ours, fd);
    return result;
}

/* Replaces the path in `out` by the resolved name of its directory, from the kernel's cache. */
static int resolve_cached(char *out, size_t size)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                           .resolve = RESOLVE_CACHED | RESOLVE_NO_MAGICLINKS};
    const int fd =
        (int)remote_ours->kernel(SYS_openat2, AT_FDCWD, (long)out, (long)&how, sizeof how, 0, 0);
    int result;

    if (fd < 0)
        return fd;
    result = path_read_directory(remote_ours, 0, "/fd/", fd, out, size);
    sys_close(remote_ours, fd);
    return result;
}

/* Resolves `path`, if it is absolute or a single name in the directory `dirfd`. -EAGAIN for all
 * others: to open the tracee's directory may ask a server. */
static int resolve(pid_t thread, int dirfd, const char *path, char *out, size_t size)
{
    const size_t parent = path_split(path).name;
    int result = -EAGAIN;

    if (parent == 0 && dirfd == AT_FDCWD)
        result = path_read_directory(remote_ours, thread, "/cwd", -1, out, size);
    else if (parent == 0)
        result = path_read_directory(remote_ours, thread, "/fd/", dirfd, out, size);
    else if (path[0] == '/')
        result = path_take_parent(path, out, size);
    if (result == 0 && parent != 0)
        result = resolve_cached(out, size);
    return result == 0 ? path_append_last(path, out, size) : result;
}

static int is_name(const char *path)
{
    return path_split(path).last == PATH_LAST_NAME;
}

int quick_passes(const struct tracee *tracee, long result)
{
    static char source[PATH_RESOLVED_MAX];
    static char destination[PATH_RESOLVED_MAX];
    static char resolved[PATH_RESOLVED_MAX];
    const int dirfd = tracee->name == ABI_RENAME ? AT_FDCWD : (int)tracee->call.arguments[2];
    struct policy_decision decision;

    if (!is_possible || (result != EXCLUSIVE_EXISTS && result != -EXDEV) ||
        read_paths(tracee, source, destination, sizeof source) < 0 || !is_name(source) ||
        !is_name(destination) || !has_our_root(tracee->thread) ||
        resolve(tracee->thread, dirfd, destination, resolved, sizeof resolved) < 0)
        return 0;
    decision = policy_decide_alike(run_policy, resolved);
    return decision.guard == POLICY_UNGUARDED && !decision.is_alike;
}
