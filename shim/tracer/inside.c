/* SPDX-License-Identifier: MIT */
#include "tracer/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#include "core/path.h"
#include "core/text.h"

/* The two parts of the mapping: what a call takes (a path), and what it returns. */
enum { IN_SIZE = 8192, OUT_SIZE = 8192 };

#define NO_SEGMENT ((void *)-1) /* shmat(2) has failed */

#define OWN_DESCRIPTORS "/proc/thread-self/fd/"

static uint64_t out_of(const struct remote *remote)
{
    return remote->area + IN_SIZE;
}

/* Copies to or from the mapping. */
static int copy(struct remote *remote, uint64_t address, void *bytes, size_t size, int is_write)
{
    char *const shared = remote->shared ? remote->shared + (address - remote->area) : NULL;

    if (!shared)
        return remote->copy(remote, address, bytes, size, is_write);
    memcpy(is_write ? shared : bytes, is_write ? bytes : shared, size);
    return 0;
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

/* The address of `path` in the tracee: the program's own, or that of a copy. 0 if copying
 * failed. */
static uint64_t put_path(struct remote *remote, const char *path)
{
    const size_t size = strlen(path) + 1;
    const uint64_t known = remote_address_of(remote, path);

    if (known != 0)
        return known;
    return size <= IN_SIZE && copy(remote, remote->area, (void *)(uintptr_t)path, size, 1) == 0
               ? remote->area
               : 0;
}

/* Copies what a call wrote; `result` is its size or an error, and is returned. */
static long take(struct remote *remote, long result, void *out)
{
    const int copied = result <= 0 ? 0 : copy(remote, out_of(remote), out, (size_t)result, 0);

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

    return result < 0 ? result : copy(remote, out_of(remote), out, sizeof *out, 0);
}

/* ENOENT if the tracee has another root: its name for a file means another file to us. */
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

/* The name that /proc shows for an open file. If the file was removed since, no file has that name.
 * Built in `name`, because `out` may be a path of the call itself, which goes by its address in the
 * tracee. */
static int find_name(struct remote *remote, long fd, char *out, size_t size)
{
    char link[PATH_PROC_NAME_MAX];
    char name[PATH_RESOLVED_MAX];
    struct statx facts;
    long length;

    path_proc_name(link, 0, "/fd/", (int)fd + INSIDE_DESCRIPTORS);
    length = read_link(remote, AT_FDCWD, link, name, sizeof name - 1);
    if (length <= 0 || (size_t)length >= size || name[0] != '/')
        return -EACCES;
    name[length] = '\0';
    if (look(remote, AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, &facts) < 0)
        return -EACCES;
    memcpy(out, name, (size_t)length + 1);
    return 0;
}

/* O_PATH opens any type of file without side effects; O_NOFOLLOW opens a link itself. */
int inside_find(struct remote *remote, long dirfd, uint64_t address, char *out, size_t size)
{
    const uint64_t arguments[6] = {descriptor(dirfd), address, O_PATH | O_NOFOLLOW | O_CLOEXEC};
    const long fd = make(remote, ABI_OPENAT, arguments);
    int result;

    if (fd < 0)
        return (int)fd;
    result = find_name(remote, fd, out, size);
    close_file(remote, fd);
    return result;
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
    return copy(remote, out_of(remote), out, INSIDE_SHORT_NAME, 0);
}

/* ---- the mapping ---- */

static int has_our_root(struct remote *remote)
{
    struct statx ours;
    struct statx theirs;

    return syscall(SYS_statx, AT_FDCWD, "/", 0, STATX_BASIC_STATS, &ours) == 0 &&
           look(remote, AT_FDCWD, "/", 0, &theirs) == 0 && ours.stx_ino == theirs.stx_ino &&
           ours.stx_dev_major == theirs.stx_dev_major &&
           ours.stx_dev_minor == theirs.stx_dev_minor &&
           sys_mount_id(&ours) == sys_mount_id(&theirs);
}

/* Private memory of the tracee, which ptrace(2) can read and write. */
static int map_private(struct remote *remote)
{
    const uint64_t arguments[6] = {
        0, IN_SIZE + OUT_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, (uint32_t)-1,
        0};
    const long result = make(remote, ABI_MMAP, arguments);
    char byte[1] = "";

    if (result < 0 && result > -4096)
        return (int)result;
    remote->area = (uint64_t)result;
    if (copy(remote, remote->area, byte, sizeof byte, 1) == 0)
        return 0;
    inside_end(remote);
    return -EPERM;
}

/* Gives the segment to the tracee's user, so that the tracee may attach it. */
static int give(struct remote *remote, int segment)
{
    const uint64_t none[6] = {0};
    const long user = make(remote, ABI_GETEUID, none);
    struct shmid_ds facts;

    if (user < 0 || shmctl(segment, IPC_STAT, &facts) != 0)
        return -EPERM;
    facts.shm_perm.uid = (uid_t)user;
    return shmctl(segment, IPC_SET, &facts) == 0 ? 0 : -errno;
}

/* Shared memory, shmget(2), for a program that may not be read: shmat(2) takes only numbers. */
static int map_shared(struct remote *remote)
{
    const int segment = shmget(IPC_PRIVATE, IN_SIZE + OUT_SIZE, 0600);
    const uint64_t arguments[6] = {(uint32_t)segment};
    long result = segment < 0 ? -errno : give(remote, segment);
    void *const ours = shmat(segment, NULL, 0);

    if (result == 0 && ours == NO_SEGMENT)
        result = -ENOMEM;
    if (result == 0)
        result = make(remote, ABI_SHMAT, arguments);
    shmctl(segment, IPC_RMID, NULL);
    if (result < 0 && result > -4096) {
        if (ours != NO_SEGMENT)
            shmdt(ours);
        return (int)result;
    }
    remote->area = (uint64_t)result;
    remote->shared = ours;
    return 0;
}

int inside_begin(struct remote *remote)
{
    int result = map_private(remote);

    if (result == -EPERM)
        result = map_shared(remote);
    if (result == 0)
        remote->is_root_ours = has_our_root(remote);
    return result;
}

void inside_end(struct remote *remote)
{
    const uint64_t arguments[6] = {remote->area, IN_SIZE + OUT_SIZE};

    if (remote->area != 0)
        make(remote, remote->shared ? ABI_SHMDT : ABI_MUNMAP, arguments);
    if (remote->shared)
        shmdt(remote->shared);
    remote->area = 0;
    remote->shared = NULL;
}
