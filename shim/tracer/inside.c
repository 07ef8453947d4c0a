/* SPDX-License-Identifier: MIT */
#include "tracer/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/path.h"
#include "core/text.h"

/* The mapping: a path or a struct that a call takes, and what it returns. */
enum { IN_SIZE = 8192, OUT_SIZE = 8192 };

#define OWN_DESCRIPTORS "/proc/thread-self/fd/"

static uint64_t out_of(const struct remote *remote)
{
    return remote->area + IN_SIZE;
}

static long make(struct remote *remote, enum abi_call name, const uint64_t arguments[6])
{
    struct registers_call call;

    call.number = remote->abi->numbers[name];
    memcpy(call.arguments, arguments, sizeof call.arguments);
    return remote->make(remote, &call);
}

/* ---- arguments ---- */

static int is_inside(long fd)
{
    return fd >= INSIDE_DESCRIPTORS;
}

static uint64_t descriptor(long fd)
{
    return (uint32_t)(is_inside(fd) ? fd - INSIDE_DESCRIPTORS : fd);
}

/* The address of `path` in the tracee: the program's own, or that of a copy. 0 if it cannot be copied. */
static uint64_t put_path(struct remote *remote, const char *path)
{
    const size_t size = strlen(path) + 1;
    const uint64_t known = remote_address_of(remote, path);

    if (known != 0)
        return known;
    return size <= IN_SIZE &&
                   remote->copy(remote, remote->area, (void *)(uintptr_t)path, size, 1) == 0
               ? remote->area
               : 0;
}

/* Copies what a call wrote: `result` is its size, or an error. */
static long take(struct remote *remote, long result, void *out)
{
    const int copied =
        result <= 0 ? 0 : remote->copy(remote, out_of(remote), out, (size_t)result, 0);

    return copied < 0 ? copied : result;
}

static uint64_t at_most(long size)
{
    return (uint64_t)(size < OUT_SIZE ? size : OUT_SIZE);
}

/* ---- calls ---- */

static long open_file(struct remote *remote, long dirfd, const char *path, long flags)
{
    const uint64_t address = put_path(remote, path);
    const uint64_t arguments[6] = {descriptor(dirfd), address, (uint64_t)(flags | O_CLOEXEC)};
    const long fd = address == 0 ? -EFAULT : make(remote, ABI_OPENAT, arguments);

    return fd < 0 ? fd : fd + INSIDE_DESCRIPTORS;
}

static long look(struct remote *remote, long dirfd, const char *path, long flags, struct statx *out)
{
    const uint64_t address = put_path(remote, path);
    const uint64_t arguments[6] = {descriptor(dirfd), address, (uint64_t)flags, STATX_BASIC_STATS,
                                   out_of(remote)};
    const long result = address == 0 ? -EFAULT : make(remote, ABI_STATX, arguments);

    return result < 0 ? result : remote->copy(remote, out_of(remote), out, sizeof *out, 0);
}

/* A name below another root than ours is another directory's name here. */
static long read_link(struct remote *remote, long dirfd, const char *path, char *out, long size)
{
    char own[PATH_PROC_NAME_MAX];
    const size_t prefix = sizeof OWN_DESCRIPTORS - 1;
    uint64_t address;

    if (strncmp(path, OWN_DESCRIPTORS, prefix) == 0) {
        if (!remote->is_root_ours)
            return -ENOENT;
        path_proc_name(own, 0, "/fd/", atoi(path + prefix) - INSIDE_DESCRIPTORS);
        path = own;
    }
    address = put_path(remote, path);
    const uint64_t arguments[6] = {descriptor(dirfd), address, out_of(remote), at_most(size)};
    return address == 0 ? -EFAULT : take(remote, make(remote, ABI_READLINKAT, arguments), out);
}

static long get_working_directory(struct remote *remote, char *out, long size)
{
    const uint64_t arguments[6] = {out_of(remote), at_most(size)};

    return remote->is_root_ours ? take(remote, make(remote, ABI_GETCWD, arguments), out) : -ENOENT;
}

static long read_from(struct remote *remote, enum abi_call name, long fd, void *out, long size)
{
    const uint64_t arguments[6] = {descriptor(fd), out_of(remote), at_most(size)};

    return take(remote, make(remote, name, arguments), out);
}

static long close_file(struct remote *remote, long fd)
{
    const uint64_t arguments[6] = {descriptor(fd)};

    return make(remote, ABI_CLOSE, arguments);
}

long inside_call(struct remote *remote, long number, long a, long b, long c, long d, long e)
{
    switch (number) {
    case SYS_openat: return open_file(remote, a, (const char *)b, c);
    case SYS_statx: return look(remote, a, (const char *)b, c, (struct statx *)e);
    case SYS_readlinkat: return read_link(remote, a, (const char *)b, (char *)c, d);
    case SYS_getcwd: return get_working_directory(remote, (char *)a, b);
    case SYS_read: return read_from(remote, ABI_READ, a, (void *)b, c);
    case SYS_getdents64: return read_from(remote, ABI_GETDENTS64, a, (void *)b, c);
    case SYS_close: return close_file(remote, a);
    default: return -ENOSYS;
    }
}

long inside_process(struct remote *remote)
{
    const uint64_t none[6] = {0};
    const long thread = make(remote, ABI_GETTID, none);

    if (thread < 0)
        return thread;
    return thread == remote->thread ? make(remote, ABI_GETPID, none) : remote->thread;
}

long inside_short_name(struct remote *remote, char out[INSIDE_SHORT_NAME])
{
    const uint64_t arguments[6] = {PR_GET_NAME, out_of(remote)};
    const long result = make(remote, ABI_PRCTL, arguments);

    if (result < 0)
        return result;
    return remote->copy(remote, out_of(remote), out, INSIDE_SHORT_NAME, 0);
}

/* ---- the mapping ---- */

static int has_our_root(struct remote *remote)
{
    struct statx ours;
    struct statx theirs;

    return syscall(SYS_statx, AT_FDCWD, "/", 0, STATX_BASIC_STATS, &ours) == 0 &&
           look(remote, AT_FDCWD, "/", 0, &theirs) == 0 && ours.stx_ino == theirs.stx_ino &&
           ours.stx_dev_major == theirs.stx_dev_major &&
           ours.stx_dev_minor == theirs.stx_dev_minor && ours.stx_mnt_id == theirs.stx_mnt_id;
}

int inside_begin(struct remote *remote)
{
    const uint64_t arguments[6] = {
        0, IN_SIZE + OUT_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, (uint32_t)-1,
        0};
    const long result = make(remote, ABI_MMAP, arguments);
    char byte[1] = "";

    if (result < 0 && result > -4096)
        return (int)result;
    remote->area = (uint64_t)result;
    if (remote->copy(remote, remote->area, byte, sizeof byte, 1) < 0) {
        inside_end(remote);
        return -EPERM;
    }
    remote->is_root_ours = has_our_root(remote);
    return 0;
}

void inside_end(struct remote *remote)
{
    const uint64_t arguments[6] = {remote->area, IN_SIZE + OUT_SIZE};

    if (remote->area != 0)
        make(remote, ABI_MUNMAP, arguments);
    remote->area = 0;
}
