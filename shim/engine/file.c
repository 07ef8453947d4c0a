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
}

static int look(const struct sys *sys, int dirfd, const char *path, int flags, char *buffer,
                struct file *file)
{
    struct statx facts;
    int result = 0;

    if (path_split(path).has_trailing_slash) {
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

    /* glibc's own statx, for kernels without, has not heard of that; and a FUSE server asked for a
     * file that was replaced since its name was looked up knows it no more. */
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

/* ---- directories ---- */

/* The head of struct linux_dirent64, getdents64(2); the name follows it at once. */
struct entry_head {
    unsigned long long inode;
    long long offset;
    unsigned short length;
    unsigned char type;
} __attribute__((packed));

/* Whether one of the records is of the name `wanted`; NULL: of any but `.` and `..`. */
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

/* Whether the open directory has such a name: 1, 0 or -errno. Closes it; `fd` may be -errno. */
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

/* ---- contents ---- */

/* An open file whose bytes are compared. */
struct reader {
    const struct sys *sys;
    int fd;
    char *buffer;
    size_t size;
};

/* Fills the reader's buffer, unless the file ends before. Returns the bytes read, or -errno. */
static long read_full(const struct reader *reader)
{
    size_t used = 0;

    while (used < reader->size) {
        const long got =
            sys_read(reader->sys, reader->fd, reader->buffer + used, reader->size - used);

        if (got == -EINTR)
            continue;
        if (got < 0)
            return got;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (long)used;
}

static int has_equal_bytes(const struct reader *one, const struct reader *other)
{
    long got;

    do {
        got = read_full(one);
        if (got < 0 || read_full(other) != got ||
            memcmp(one->buffer, other->buffer, (size_t)got) != 0)
            return 0;
    } while (got != 0);
    return 1;
}

static int is_same_time(const struct statx_timestamp *one, const struct statx_timestamp *other)
{
    return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

/* Compares what is open with what is at both places, and makes sure that the destination stood
 * still meanwhile. */
static int compare_open(const struct file_place *other, const struct reader *left,
                        const struct reader *right)
{
    struct statx before;
    struct statx after;
    struct file opened;

    if (sys_statx_fd(right->sys, right->fd, &before) < 0 || !has_equal_bytes(left, right) ||
        sys_statx_fd(right->sys, right->fd, &after) < 0)
        return 0;
    take_facts(&after, &opened);
    return file_is_same_inode(&opened, other->file) && before.stx_size == after.stx_size &&
           is_same_time(&before.stx_mtime, &after.stx_mtime) &&
           is_same_time(&before.stx_ctime, &after.stx_ctime);
}

static int open_to_read(const struct file_place *place)
{
    return sys_openat(place->sys, place->dirfd, place->path,
                      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

static int is_equal_regular(const struct file_place *one, const struct file_place *other,
                            char *buffer, size_t size)
{
    struct reader left = {one->sys, open_to_read(one), buffer, size / 2};
    struct reader right = {other->sys, -1, buffer + size / 2, size / 2};
    int equal = 0;

    if (left.fd < 0)
        return 0;
    right.fd = open_to_read(other);
    if (right.fd >= 0) {
        equal = compare_open(other, &left, &right);
        sys_close(right.sys, right.fd);
    }
    sys_close(left.sys, left.fd);
    return equal;
}

static int is_equal_link(const struct file_place *one, const struct file_place *other, char *buffer,
                         size_t size)
{
    char *const right = buffer + size / 2;
    const long length = sys_readlinkat(one->sys, one->dirfd, one->path, buffer, size / 2);

    return length > 0 && (size_t)length < size / 2 &&
           sys_readlinkat(other->sys, other->dirfd, other->path, right, size / 2) == length &&
           memcmp(buffer, right, (size_t)length) == 0;
}

int file_is_equal(const struct file_place *one, const struct file_place *other, char *buffer,
                  size_t size)
{
    const struct file *const left = one->file;
    const struct file *const right = other->file;

    if (left->mode != right->mode || left->owner != right->owner || left->group != right->group ||
        left->size != right->size)
        return 0;
    if (file_is(left, S_IFREG))
        return is_equal_regular(one, other, buffer, size);
    return file_is(left, S_IFLNK) && is_equal_link(one, other, buffer, size);
}
