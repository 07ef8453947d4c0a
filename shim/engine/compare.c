/* SPDX-License-Identifier: MIT */
#include "engine/compare.h"

#include <errno.h>
#include <string.h>

/* An open file whose bytes are compared. */
struct reader {
    const struct sys *sys;
    int fd;
    char *buffer;
    size_t size;
};

/* The argument of compare_files. */
struct pair {
    const struct call *call;
    const struct file *source;
    const struct file *destination;
    char *buffer;
    size_t size;
};

/* Fills the reader's buffer, or reads to the end of the file. Returns the bytes read, or -errno. */
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

/* `size` is what both had: a file that grows in the meantime is not read forever. */
static int has_equal_bytes(const struct reader *one, const struct reader *other,
                           unsigned long long size)
{
    unsigned long long used = 0;
    long got;

    do {
        got = read_full(one);
        if (got < 0 || read_full(other) != got ||
            memcmp(one->buffer, other->buffer, (size_t)got) != 0)
            return 0;
        used += (unsigned long long)got;
    } while (got != 0 && used <= size);
    return used == size;
}

/* Opens a file for reading if it has not changed since `looked`. Returns a descriptor or -errno. */
static int open_unchanged(const struct sys *sys, int dirfd, const char *path,
                          const struct file *looked)
{
    const int fd = sys_openat(sys, dirfd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct file opened;

    if (fd < 0 || (file_look_open(sys, fd, &opened) == 0 && file_is_unchanged(looked, &opened)))
        return fd;
    sys_close(sys, fd);
    return -EAGAIN;
}

static int compare_files(void *argument)
{
    const struct pair *const pair = argument;
    const struct call *const call = pair->call;
    const size_t half = pair->size / 2;
    struct reader one = {call->sys, -1, pair->buffer, half};
    struct reader other = {call->sys, -1, pair->buffer + half, half};
    int equal = 0;

    one.fd = open_unchanged(call->sys, call->source_dirfd, call->source, pair->source);
    if (one.fd < 0)
        return 0;
    other.fd =
        open_unchanged(call->sys, call->destination_dirfd, call->destination, pair->destination);
    if (other.fd >= 0) {
        equal = has_equal_bytes(&one, &other, pair->source->size);
        sys_close(call->sys, other.fd);
    }
    sys_close(call->sys, one.fd);
    return equal;
}

static int is_equal_link(const struct pair *pair)
{
    const struct call *const call = pair->call;
    const size_t half = pair->size / 2;
    char *const right = pair->buffer + half;
    const long length =
        sys_readlinkat(call->sys, call->source_dirfd, call->source, pair->buffer, half);

    return length > 0 && (size_t)length < half &&
           sys_readlinkat(call->sys, call->destination_dirfd, call->destination, right, half) ==
               length &&
           memcmp(pair->buffer, right, (size_t)length) == 0;
}

int compare_is_equal(const struct call *call, const struct file *source,
                     const struct file *destination, char *buffer, size_t size)
{
    struct pair pair = {call, source, destination, buffer, size};

    if (source->mode != destination->mode || source->owner != destination->owner ||
        source->group != destination->group || source->size != destination->size)
        return 0;
    if (file_is(source, S_IFLNK))
        return is_equal_link(&pair);
    if (!file_is(source, S_IFREG) || source->size > COMPARE_SIZE_MAX)
        return 0;
    return (call->sys->aside ? call->sys->aside(compare_files, &pair) : compare_files(&pair)) == 1;
}
