/* SPDX-License-Identifier: MIT */
#include "engine/file.h"

#include <errno.h>
#include <string.h>

static long long nanoseconds(const struct statx_timestamp *time)
{
    return time->tv_sec * 1000000000LL + time->tv_nsec;
}

static void take_facts(const struct statx *facts, struct file *file)
{
    file->inode = facts->stx_ino;
    file->size = facts->stx_size;
    file->device_major = facts->stx_dev_major;
    file->device_minor = facts->stx_dev_minor;
    file->links = facts->stx_nlink;
    file->mode = facts->stx_mode;
    file->owner = facts->stx_uid;
    file->group = facts->stx_gid;
    file->modified = nanoseconds(&facts->stx_mtime);
    file->changed = nanoseconds(&facts->stx_ctime);
    file->is_mounted = (facts->stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    file->is_immutable = (facts->stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND)) != 0;
}

static int ends_in_slash(const char *path)
{
    const size_t length = strlen(path);

    return length != 0 && path[length - 1] == '/';
}

static int look(const struct sys *sys, int dirfd, const char *path, int flags, char *buffer,
                struct file *file)
{
    struct statx facts;
    int result = 0;

    if (ends_in_slash(path)) {
        result = path_strip(path, buffer, PATH_RESOLVED_MAX);
        path = buffer;
    }
    if (result == 0)
        result = sys_statx(sys, dirfd, path, AT_SYMLINK_NOFOLLOW | flags, &facts);
    if (result == 0)
        take_facts(&facts, file);
    return result;
}

int file_look(const struct sys *sys, int dirfd, const char *path, char *buffer, struct file *file)
{
    return look(sys, dirfd, path, 0, buffer, file);
}

int file_look_afresh(const struct sys *sys, int dirfd, const char *path, char *buffer,
                     struct file *file)
{
    const int result = look(sys, dirfd, path, AT_STATX_FORCE_SYNC, buffer, file);

    /* glibc's emulation of statx for old kernels rejects the flag; and a FUSE server no longer
     * knows a file that was replaced after its name was looked up. */
    return result < 0 ? look(sys, dirfd, path, 0, buffer, file) : result;
}

int file_look_open(const struct sys *sys, int fd, struct file *file)
{
    struct statx facts;
    const int result = sys_statx_fd(sys, fd, &facts);

    if (result == 0)
        take_facts(&facts, file);
    return result;
}

int file_is(const struct file *file, unsigned type)
{
    return (file->mode & S_IFMT) == type;
}

int file_is_same_device(const struct file *one, const struct file *other)
{
    return one->device_major == other->device_major && one->device_minor == other->device_minor;
}

int file_is_same_inode(const struct file *one, const struct file *other)
{
    return one->inode == other->inode && file_is_same_device(one, other);
}

int file_is_unchanged(const struct file *before, const struct file *now)
{
    return file_is_same_inode(before, now) && before->size == now->size &&
           before->mode == now->mode && before->owner == now->owner &&
           before->group == now->group && before->modified == now->modified &&
           before->changed == now->changed;
}

/* ---- directories ---- */

/* The head of struct linux_dirent64, getdents64(2); the name follows directly. */
struct entry_head {
    unsigned long long inode;
    long long offset;
    unsigned short length;
    unsigned char type;
} __attribute__((packed));

/* Whether a record has the name `wanted`; if that is NULL, any name except `.` and `..`. */
static int has_name(const char *records, size_t size, const char *wanted)
{
    size_t at = 0;

    while (at + sizeof(struct entry_head) < size) {
        const char *const name = records + at + sizeof(struct entry_head);
        struct entry_head head;

        if (wanted ? strcmp(name, wanted) == 0 : strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            return 1;
        memcpy(&head, records + at, sizeof head);
        at += head.length;
    }
    return 0;
}

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)

/* The same for an open directory: 1, 0 or -errno. Closes `fd`, which may also be -errno. */
static int search(const struct sys *sys, int fd, const char *wanted, void *entries, size_t size)
{
    long got;

    if (fd < 0)
        return fd;
    do
        got = sys_getdents64(sys, fd, entries, size);
    while (got > 0 && !has_name(entries, (size_t)got, wanted));
    sys_close(sys, fd);
    return got < 0 ? (int)got : got > 0;
}

int file_is_empty_directory(const struct sys *sys, int dirfd, const char *path, void *entries,
                            size_t size)
{
    const int result =
        search(sys, sys_openat(sys, dirfd, path, DIRECTORY_FLAGS), NULL, entries, size);

    return result < 0 ? result : !result;
}

int file_is_listed(const struct sys *sys, const char *directory, const char *name, void *entries,
                   size_t size)
{
    return search(sys, sys_open_own(sys, directory, DIRECTORY_FLAGS, 0), name, entries, size);
}
