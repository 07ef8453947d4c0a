/* SPDX-License-Identifier: MIT */
#include "launcher/verify/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/hash.h"
#include "launcher/kernel.h"

#define READ_SIZE ((size_t)64 * 1024)

static int64_t nanoseconds(int64_t seconds, int64_t rest)
{
    return seconds * FACTS_SECOND + rest;
}

static uint64_t device_of(unsigned high, unsigned low)
{
    return (uint64_t)high << 32 | low;
}

static int ask_statx(int dirfd, const char *name, struct facts *facts)
{
    struct statx found;
    const long result = kernel_sys.kernel(SYS_statx, dirfd, (long)name, AT_SYMLINK_NOFOLLOW,
                                          STATX_BASIC_STATS | STATX_BTIME, (long)&found, 0);

    if (result < 0)
        return (int)result;
    *facts = (struct facts){
        .device = device_of(found.stx_dev_major, found.stx_dev_minor),
        .inode = found.stx_ino,
        .size = found.stx_size,
        .modified = nanoseconds(found.stx_mtime.tv_sec, found.stx_mtime.tv_nsec),
        .changed = nanoseconds(found.stx_ctime.tv_sec, found.stx_ctime.tv_nsec),
        .mode = found.stx_mode,
        .owner = found.stx_uid,
        .group = found.stx_gid,
        .links = found.stx_nlink,
    };
    if (found.stx_mask & STATX_BTIME)
        facts->born = nanoseconds(found.stx_btime.tv_sec, found.stx_btime.tv_nsec);
    return 0;
}

static int ask_stat(int dirfd, const char *name, struct facts *facts)
{
    struct stat found;

    if (fstatat(dirfd, name, &found, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    *facts = (struct facts){
        .device = device_of(major(found.st_dev), minor(found.st_dev)),
        .inode = found.st_ino,
        .size = (uint64_t)found.st_size,
        .modified = nanoseconds(found.st_mtim.tv_sec, found.st_mtim.tv_nsec),
        .changed = nanoseconds(found.st_ctim.tv_sec, found.st_ctim.tv_nsec),
        .mode = found.st_mode,
        .owner = found.st_uid,
        .group = found.st_gid,
        .links = (uint32_t)found.st_nlink,
    };
    return 0;
}

static int read_target(int dirfd, const char *name, struct facts *facts)
{
    char target[PATH_MAX];
    const ssize_t length = readlinkat(dirfd, name, target, sizeof target);

    if (length < 0)
        return -errno;
    facts->hash = hash_bytes(HASH_START, target, (size_t)length);
    facts->is_read = 1;
    return 0;
}

int facts_look(int dirfd, const char *name, struct facts *facts)
{
    int result = ask_statx(dirfd, name, facts);

    if (result == -ENOSYS || result == -EPERM)
        result = ask_stat(dirfd, name, facts);
    return result == 0 && S_ISLNK(facts->mode) ? read_target(dirfd, name, facts) : result;
}

/* Fills the buffer from `at` on, unless the file ends before. Returns the bytes read, or -1. */
static ssize_t read_full(int fd, char *buffer, size_t size, off_t at)
{
    size_t used = 0;
    ssize_t got = 1;

    while (used < size && got != 0) {
        got = pread(fd, buffer + used, size - used, at + (off_t)used);
        if (got < 0 && errno != EINTR)
            return -1;
        used += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)used;
}

static int is_zero(const char *bytes, size_t length)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

/* The first block at or after `at` that has data outside of holes; -1: none. */
static off_t next_block(int fd, off_t at)
{
    const off_t data = lseek(fd, at, SEEK_DATA);

    if (data < 0)
        return errno == ENXIO ? -1 : at;
    return data - data % (off_t)READ_SIZE;
}

/*
 * O_NONBLOCK: by now the name may be a FIFO. O_NOATIME, which only the owner may use: reading
 * leaves no trace.
 */
static int open_to_read(int dirfd, const char *name)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const int fd = openat(dirfd, name, flags | O_NOATIME);

    return fd < 0 && errno == EPERM ? openat(dirfd, name, flags) : fd;
}

/*
 * Skips blocks of zeros, so that a hole need not be read and equals the zeros that it stands for.
 * Reads no block at or after `end`: somebody may append faster than this reads.
 */
static int read_blocks(int fd, off_t end, uint64_t *hash)
{
    static char buffer[READ_SIZE];
    ssize_t length = READ_SIZE;

    for (off_t at = 0; at >= 0 && at < end && length == READ_SIZE;
         at = next_block(fd, at + length)) {
        length = read_full(fd, buffer, sizeof buffer, at);
        if (length <= 0 || is_zero(buffer, (size_t)length))
            continue;
        *hash = hash_bytes(*hash, &at, sizeof at);
        *hash = hash_bytes(*hash, buffer, (size_t)length);
    }
    return length < 0 ? -EIO : 0;
}

int facts_read(int dirfd, const char *name, struct facts *facts)
{
    const int fd = open_to_read(dirfd, name);
    int result;

    facts->is_read = 0;
    if (fd < 0)
        return -errno;
    facts->hash = HASH_START;
    result = read_blocks(fd, (off_t)facts->size, &facts->hash);
    close(fd);
    facts->is_read = result == 0;
    return result;
}
