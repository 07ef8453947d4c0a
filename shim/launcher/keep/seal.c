/* SPDX-License-Identifier: MIT */
/*
 * Each seal is cloned from a read-only copy of the whole mount tree. Cloning from the tree that
 * gets the seals would take quadratic time, because for each clone the kernel walks the list of
 * mounts on the cloned one. The copy has to be mounted, because before Linux 6.15 nothing can be
 * cloned from a detached mount. It is mounted over the root directory, where no path lookup
 * reaches it: a process's root is the mount below.
 */
#include "launcher/keep/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"

/* Older C libraries lack these (linux/mount.h: Linux 5.2 and 5.12). */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
enum {
    TREE_CLONE = 1,          /* OPEN_TREE_CLONE */
    TREE_RECURSIVE = 0x8000, /* AT_RECURSIVE */
    FROM_EMPTY = 4,          /* MOVE_MOUNT_F_EMPTY_PATH */
    TO_EMPTY = 0x40,         /* MOVE_MOUNT_T_EMPTY_PATH */
};
struct attributes { /* struct mount_attr */
    uint64_t set;
    uint64_t clear;
    uint64_t propagation;
    uint64_t user_namespace;
};
#define READ_ONLY 1 /* MOUNT_ATTR_RDONLY */

/* How often to retry a file that other processes replace at the same time. */
#define TRIES 16

static int or_errno(long result)
{
    return result < 0 ? -errno : (int)result;
}

/* ---- the namespace ---- */

static int write_file(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    int result = or_errno(fd);

    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        result = -errno;
    if (fd >= 0)
        close(fd);
    return result < 0 ? result : 0;
}

static int map_itself(const char *path, unsigned id)
{
    char line[64];

    snprintf(line, sizeof line, "%u %u 1", id, id);
    return write_file(path, line);
}

/*
 * user_namespaces(7): without rights outside, a process may map itself, and its group after
 * setgroups(2) is disabled.
 */
static int enter_user_namespace(void)
{
    const uid_t user = geteuid();
    const gid_t group = getegid();
    int result = or_errno(unshare(CLONE_NEWUSER | CLONE_NEWNS));

    if (result == 0)
        result = write_file("/proc/self/setgroups", "deny");
    if (result == 0)
        result = map_itself("/proc/self/uid_map", user);
    return result < 0 ? result : map_itself("/proc/self/gid_map", group);
}

static int enter_namespace(void)
{
    int result = or_errno(unshare(CLONE_NEWNS));

    if (result == -EPERM)
        result = enter_user_namespace();
    if (result < 0)
        return result;
    /* Mounts here must not propagate to other namespaces. */
    return or_errno(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

/* ---- the copy ---- */

/* Mounts the copy. Returns a descriptor of its root, or -errno. */
static int mount_copy(void)
{
    const struct attributes attributes = {.set = READ_ONLY};
    const int copy =
        or_errno(syscall(SYS_open_tree, AT_FDCWD, "/", TREE_CLONE | TREE_RECURSIVE | O_CLOEXEC));
    int result = copy;

    if (result >= 0)
        result = or_errno(syscall(SYS_mount_setattr, copy, "", AT_EMPTY_PATH | TREE_RECURSIVE,
                                  &attributes, sizeof attributes));
    if (result >= 0)
        result = or_errno(syscall(SYS_move_mount, copy, "", AT_FDCWD, "/", FROM_EMPTY));
    if (result < 0 && copy >= 0)
        close(copy);
    return result < 0 ? result : copy;
}

/* The copy has no path, so only a process in it can name it. */
static int unmount_copy(int copy)
{
    const int here = open(".", O_PATH | O_CLOEXEC);
    int result = or_errno(here);

    if (here >= 0 && (fchdir(copy) < 0 || umount2(".", MNT_DETACH) < 0 || fchdir(here) < 0))
        result = -errno;
    if (here >= 0)
        close(here);
    close(copy);
    return result < 0 ? result : 0;
}

/* ---- one file ---- */

static int is_one_file(int left, int right)
{
    struct stat one;
    struct stat other;

    return fstat(left, &one) == 0 && fstat(right, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/*
 * Mounts a clone of `path` in the copy on `target`, opened by the same path. Returns 0 or -errno;
 * -EAGAIN: the path now names another file.
 */
static int put_seal(int copy, const char *path, int target)
{
    const int clone = or_errno(
        syscall(SYS_open_tree, copy, path + 1, TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW));
    int result = -EAGAIN;

    if (clone < 0)
        return clone == -ENOENT ? -EAGAIN : clone;
    if (is_one_file(clone, target))
        result = or_errno(syscall(SYS_move_mount, clone, "", target, "", FROM_EMPTY | TO_EMPTY));
    close(clone);
    return result == -ENOENT ? -EAGAIN : result; /* removed since */
}

/* Whether it is on a read-only filesystem, or sealed by an outer run. */
static int is_read_only(int target)
{
    struct statvfs facts;

    return fstatvfs(target, &facts) == 0 && (facts.f_flag & ST_RDONLY);
}

int seal_excepts(unsigned allow_if, const struct stat *facts)
{
    POLICY_EACH_CONDITION(3);
    return (S_ISLNK(facts->st_mode) && (allow_if & POLICY_ALLOW_IF_SYMLINK)) ||
           (S_ISREG(facts->st_mode) && facts->st_size == 0 && (allow_if & POLICY_ALLOW_IF_EMPTY));
}

static int is_excepted(unsigned allow_if, int target)
{
    struct stat facts;

    return fstat(target, &facts) == 0 && seal_excepts(allow_if, &facts);
}

/* Returns 0 also for a file that no longer exists, or -errno. */
static int try_file(const struct seal *seal, int copy, const char *path)
{
    const int target = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    const int is_exception = target >= 0 && is_excepted(seal->policy->allow_if, target);
    int result = 0;

    if (target < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
    if (!is_exception && !is_read_only(target))
        result = put_seal(copy, path, target);
    close(target);
    if (result == 0 && is_exception)
        seal->result->excepted++;
    else if (result == 0)
        seal->result->sealed++;
    return result;
}

static int seal_file(const struct seal *seal, int copy, const char *path)
{
    int result = -EAGAIN;

    for (int i = 0; i < TRIES && result == -EAGAIN; i++)
        result = try_file(seal, copy, path);
    if (result < 0)
        snprintf(seal->result->path, sizeof seal->result->path, "%s", path);
    return result;
}

/* ---- all of them ---- */

static int seal_files(const struct seal *seal, int copy)
{
    const size_t count = seal->files ? seal->files->count : 0;
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        result = seal_file(seal, copy, seal->files->list[i].path);
    return result;
}

int seal_enter(const struct seal *seal)
{
    int result = enter_namespace();
    int unmounted;
    int copy = -1;

    seal->result->step = SEAL_NAMESPACE;
    if (result == 0) {
        seal->result->step = SEAL_COPY;
        result = copy = mount_copy();
    }
    if (result >= 0) {
        seal->result->step = SEAL_FILES;
        result = seal_files(seal, copy);
        unmounted = unmount_copy(copy);
        if (result == 0)
            result = unmounted;
    }
    seal->result->error = result;
    return result;
}
