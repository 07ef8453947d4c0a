/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_CALL_H
#define NOCLOBBER_TESTS_DECIDE_CALL_H

/* One rename: made by one of the library's functions, or bypassing it; both its ends are looked
 * at. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "programs/decide/outcome.h"
#include "preload/raw.h"

/* Who is asked: the kernel, or the library by one of its functions. */
enum asked {
    BY_KERNEL,
    BY_KERNEL_EXCLUSIVELY,
    BY_RENAME,
    BY_RENAMEAT,
    BY_RENAMEAT2,
    BY_NUMBER_RENAME,
    BY_NUMBER_RENAMEAT,
    BY_NUMBER_RENAMEAT2,
    BY_END,
};

static const char *const asked_names[] = {
    "kernel",
    "kernel, NOREPLACE",
    "rename",
    "renameat",
    "renameat2",
    "syscall(SYS_rename)",
    "syscall(SYS_renameat)",
    "syscall(SYS_renameat2)",
};

/* The arguments of the call. */
struct arguments {
    int source_at;
    const char *source;
    int destination_at;
    const char *destination;
    unsigned flags;
};

/* ---- the call ---- */

static long ask_kernel(const struct arguments *call, unsigned flags)
{
    const long result = raw_call(SYS_renameat2, call->source_at, (long)call->source,
                                 call->destination_at, (long)call->destination, (long)flags, 0);

    if (result < 0)
        errno = (int)-result;
    return result < 0 ? -1 : result;
}

static long ask(enum asked asked, const struct arguments *call)
{
    const char *const source = call->source;
    const char *const destination = call->destination;

    switch (asked) {
    case BY_KERNEL: return ask_kernel(call, call->flags);
    case BY_KERNEL_EXCLUSIVELY: return ask_kernel(call, call->flags | RENAME_NOREPLACE);
    case BY_RENAME: return rename(source, destination);
    case BY_RENAMEAT: return renameat(call->source_at, source, call->destination_at, destination);
    case BY_RENAMEAT2:
        return renameat2(call->source_at, source, call->destination_at, destination, call->flags);
#ifdef SYS_rename
    case BY_NUMBER_RENAME: return syscall(SYS_rename, source, destination);
#else
    case BY_NUMBER_RENAME: break;
#endif
#ifdef SYS_renameat
    case BY_NUMBER_RENAMEAT:
        return syscall(SYS_renameat, call->source_at, source, call->destination_at, destination);
#else
    case BY_NUMBER_RENAMEAT: break;
#endif
    case BY_NUMBER_RENAMEAT2:
        return syscall(SYS_renameat2, call->source_at, source, call->destination_at, destination,
                       call->flags);
    case BY_END: break;
    }
    abort();
}

/* ---- its ends ---- */

static int is_dot(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const char *const last = slash ? slash + 1 : path;

    return *last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0;
}

static int is_full_directory(int dirfd, const char *path)
{
    const int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *const directory = fd < 0 ? NULL : fdopendir(fd);
    int count = 0;

    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count > 2;
}

/* Whether it has one of the STATX_ATTR_ bits. */
static int has_attribute(int dirfd, const char *path, unsigned attributes)
{
    struct statx facts;

    return syscall(SYS_statx, dirfd, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &facts) == 0 &&
           (facts.stx_attributes & attributes) != 0;
}

/* Looks at one end: what is at `path` without its trailing slashes. */
static void look_at(int dirfd, const char *path, struct end *end)
{
    char stripped[8192];
    struct stat facts;
    size_t length = strlen(path);

    memset(end, 0, sizeof *end);
    memcpy(stripped, path, length + 1);
    for (; length > 1 && stripped[length - 1] == '/'; length--)
        stripped[length - 1] = '\0';
    end->is_dot = is_dot(stripped);
    if (fstatat(dirfd, stripped, &facts, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    end->is_there = 1;
    end->is_empty = facts.st_size == 0;
    end->mode = facts.st_mode;
    end->device = facts.st_dev;
    end->inode = facts.st_ino;
    end->links = facts.st_nlink;
    end->is_fixed = has_attribute(dirfd, stripped, STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND);
    end->is_mounted = has_attribute(dirfd, stripped, 0x2000 /* STATX_ATTR_MOUNT_ROOT */);
    end->is_full_directory = is_full_directory(dirfd, stripped);
}

#endif
