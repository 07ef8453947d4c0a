/* SPDX-License-Identifier: MIT */
#include "tracer/remote_sys.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/path.h"
#include "tracer/inside.h"
#include "tracer/proc.h"
#include "tracer/view.h"

static _Thread_local struct remote *current;

void remote_enter(struct remote *remote)
{
    current = remote;
}

void remote_leave(struct remote *remote)
{
    inside_end(remote);
    current = NULL;
}

static long call_kernel(long number, long a, long b, long c, long d, long e, long f)
{
    const long result = syscall(number, a, b, c, d, e, f);

    return result == -1 ? -errno : result;
}

/* The same, with the held /proc. */
static long call_by_proc(long number, long a, long b, long c, long d, long e, long f)
{
    const int has_path = number == SYS_openat || number == SYS_readlinkat;

    if (has_path && strncmp((const char *)b, "/proc/", 6) == 0)
        return proc_call(number, (const char *)b, c, d, e);
    return call_kernel(number, a, b, c, d, e, f);
}

static const struct sys ours = {.path = call_kernel, .kernel = call_by_proc};

const struct sys *const remote_ours = &ours;

/* ---- memory ---- */

/* process_vm_readv(2) needs rights over the tracee's user; ptrace(2), which `copy` uses, needs
 * nothing more once the tracer is attached. */
static int read_memory(struct remote *remote, uint64_t address, void *out, size_t size)
{
    const struct iovec here = {out, size};
    const struct iovec there = {(void *)(uintptr_t)address, size};
    const ssize_t got = process_vm_readv(remote->thread, &here, 1, &there, 1, 0);

    if (got == (ssize_t)size)
        return 0;
    if (got >= 0 || errno == EFAULT)
        return -EFAULT;
    return remote->copy(remote, address, out, size, 0);
}

/* Reads page by page: the page after the one in which the string ends may not be mapped. */
int remote_read_string(struct remote *remote, uint64_t address, char *out, size_t size)
{
    const size_t page = 4096;
    size_t used = 0;

    while (used < size) {
        const size_t rest = page - (size_t)((address + used) % page);
        const size_t part = rest < size - used ? rest : size - used;
        const int result = read_memory(remote, address + used, out + used, part);

        if (result < 0)
            return result;
        if (memchr(out + used, '\0', part))
            return 0;
        used += part;
    }
    return -ENAMETOOLONG;
}

static uint64_t address_of(long path)
{
    return remote_address_of(current, (const char *)path);
}

/* ---- calls that the tracee makes ---- */

static long make(enum abi_call name, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    struct registers_call call = current->call;

    call.number = current->abi->numbers[name];
    call.arguments[0] = a;
    call.arguments[1] = b;
    call.arguments[2] = c;
    call.arguments[3] = d;
    call.arguments[4] = e;
    return current->make(current, &call);
}

static uint64_t descriptor(long dirfd)
{
    return (uint32_t)dirfd;
}

static long make_pair(enum abi_call name, long a, long b, long c, long d, long e)
{
    return make(name, descriptor(a), address_of(b), descriptor(c), address_of(d), (uint64_t)e);
}

/* ---- calls that look ---- */

/*
 * Whether to look again from inside after a look from outside has returned `result`. The tracee's
 * attempt has found the files before, so most errors are about the tracer's rights, not about the
 * files. ENOENT is about the file: view_open returns it for nothing else, and the file may be gone
 * meanwhile.
 */
static int turn_inside(long result)
{
    if (result >= 0 || result == -ENOENT || result == -EINVAL || current->look != REMOTE_OUTSIDE)
        return 0;
    current->look = inside_begin(current) == 0 ? REMOTE_INSIDE : REMOTE_BLIND;
    return current->look == REMOTE_INSIDE;
}

static long inside(long number, long a, long b, long c, long d, long e)
{
    return inside_call(current, number, a, b, c, d, e);
}

static long open_for(long dirfd, long path, long flags)
{
    long fd = -ESRCH;

    if (current->look != REMOTE_INSIDE)
        fd = view_open(&ours, current->thread, (int)dirfd, (const char *)path, (int)flags);
    if (turn_inside(fd) || current->look == REMOTE_INSIDE)
        fd = inside(SYS_openat, dirfd, path, flags, 0, 0);
    return fd;
}

static long look_from_outside(long dirfd, long path, long flags, long out)
{
    const int follow = (flags & AT_SYMLINK_NOFOLLOW) ? O_NOFOLLOW : 0;
    const int fd =
        view_open(&ours, current->thread, (int)dirfd, (const char *)path, O_PATH | follow);
    long result;

    if (fd < 0)
        return fd;
    result = ours.kernel(SYS_statx, fd, (long)"", AT_EMPTY_PATH | (flags & AT_STATX_SYNC_TYPE),
                         STATX_BASIC_STATS, out, 0);
    sys_close(&ours, fd);
    return result;
}

static long look(long dirfd, long path, long flags, long out)
{
    long result = -ESRCH;

    if (current->look != REMOTE_INSIDE)
        result = look_from_outside(dirfd, path, flags, out);
    if (turn_inside(result) || current->look == REMOTE_INSIDE)
        result = inside(SYS_statx, dirfd, path, flags, STATX_BASIC_STATS, out);
    return result;
}

static long read_link_from_outside(long dirfd, long path, long out, long size)
{
    const int fd =
        view_open(&ours, current->thread, (int)dirfd, (const char *)path, O_PATH | O_NOFOLLOW);
    long result;

    if (fd < 0)
        return fd;
    result = sys_readlinkat(&ours, fd, "", (char *)out, (size_t)size);
    sys_close(&ours, fd);
    return result;
}

static long read_link(long dirfd, long path, long out, long size)
{
    long result = -ESRCH;

    if (current->look != REMOTE_INSIDE)
        result = read_link_from_outside(dirfd, path, out, size);
    if (turn_inside(result) || current->look == REMOTE_INSIDE)
        result = inside(SYS_readlinkat, dirfd, path, out, size, 0);
    return result;
}

/* ENOSYS for a tracee with another root, in which the same path leads to another file. */
static long open_word(long dirfd, long word)
{
    if ((current->look == REMOTE_INSIDE || (!proc_is_held() && turn_inside(-ESRCH))) &&
        current->is_root_ours)
        return inside(SYS_openat, dirfd, word, SYS_WORD_FLAGS, 0, 0);
    return -ENOSYS;
}

/* ---- the paths ---- */

int remote_read_paths(struct remote *remote, int source_dirfd, char *source, int destination_dirfd,
                      char *destination)
{
    const size_t size = PATH_RESOLVED_MAX;
    int result = remote_read_string(remote, remote->source_address, source, size);

    if (result == 0)
        result = remote_read_string(remote, remote->destination_address, destination, size);
    remote->is_verbatim = result == 0;
    if (result == 0 || result == -EFAULT || result == -ENAMETOOLONG || !turn_inside(result))
        return result;
    result = inside_find(remote, destination_dirfd, remote->destination_address, destination, size);
    if (result == 0 && inside_find(remote, source_dirfd, remote->source_address, source, size) < 0)
        result = -EACCES;
    return result;
}

/* ---- the table ---- */

static long call_path(long number, long a, long b, long c, long d, long e, long f)
{
    (void)f;
    switch (number) {
#ifdef SYS_rename
    case SYS_rename: return make(ABI_RENAME, address_of(a), address_of(b), 0, 0, 0);
#endif
#ifdef SYS_renameat
    case SYS_renameat: return make_pair(ABI_RENAMEAT, a, b, c, d, 0);
#endif
    case SYS_renameat2: return make_pair(ABI_RENAMEAT2, a, b, c, d, e);
    case SYS_linkat: return make_pair(ABI_LINKAT, a, b, c, d, e);
    case SYS_unlinkat: return make(ABI_UNLINKAT, descriptor(a), address_of(b), (uint64_t)c, 0, 0);
    case SYS_mkdirat: return make(ABI_MKDIRAT, descriptor(a), address_of(b), (uint64_t)c, 0, 0);
    case SYS_statx: return look(a, b, c, e);
    case SYS_openat: return c == SYS_WORD_FLAGS ? open_word(a, b) : open_for(a, b, c);
    case SYS_readlinkat: return read_link(a, b, c, d);
    default: return -ENOSYS;
    }
}

/* Like getcwd(2) in the tracee. */
static long read_working_directory(char *out, size_t size)
{
    long result = -ESRCH;

    if (current->look != REMOTE_INSIDE)
        result = path_read_directory(&ours, current->thread, "/cwd", -1, out, size);
    if (turn_inside(result) || current->look == REMOTE_INSIDE)
        return inside(SYS_getcwd, (long)out, (long)size, 0, 0, 0);
    return result < 0 ? result : (long)strlen(out) + 1;
}

/* The thread's name, "comm" in proc(5), which any user may read. */
static long read_short_name(char *out, size_t size)
{
    char name[PATH_PROC_NAME_MAX];
    long length = -ESRCH;
    int fd;

    path_proc_name(name, current->thread, "/comm", -1);
    fd = sys_open_own(&ours, name, O_RDONLY, 0);
    if (fd >= 0) {
        length = sys_read(&ours, fd, out, size);
        sys_close(&ours, fd);
    }
    if (length > 0)
        return length - 1; /* without the line feed at its end */
    if (current->look == REMOTE_INSIDE && size >= INSIDE_SHORT_NAME &&
        inside_short_name(current, out) == 0)
        length = (long)strnlen(out, INSIDE_SHORT_NAME);
    return length;
}

/* The path of the tracee's program, or its short name if the path cannot be read. */
static long read_program(char *out, long size)
{
    char name[PATH_PROC_NAME_MAX];
    long length;

    path_proc_name(name, current->thread, "/exe", -1);
    length = sys_readlink_own(&ours, name, out, (size_t)size);
    if (length < 0 && (turn_inside(-ESRCH) || current->look == REMOTE_INSIDE))
        length = inside(SYS_readlinkat, AT_FDCWD, (long)"/proc/self/exe", (long)out, size, 0);
    return length < 0 ? read_short_name(out, (size_t)size) : length;
}

static long read_own_link(const char *path, long out, long size)
{
    if (strcmp(path, "/proc/self/exe") == 0)
        return read_program((char *)out, size);
    if (current->look == REMOTE_INSIDE)
        return inside(SYS_readlinkat, AT_FDCWD, (long)path, out, size, 0);
    return sys_readlink_own(&ours, path, (char *)out, (size_t)size);
}

/* -ESRCH if the tracee has ended: then there is nobody to refuse, and what was read may be
 * wrong. */
static long find_process(void)
{
    long process =
        atomic_load(&current->is_gone) ? -ESRCH : proc_process_of_stopped(current->thread);

    if (process == 0)
        process = inside_process(current);
    return process;
}

static int is_inside(long fd)
{
    return fd >= INSIDE_DESCRIPTORS;
}

static long call_own(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
    case SYS_getpid: return find_process();
    case SYS_getcwd: return read_working_directory((char *)a, (size_t)b);
    case SYS_readlinkat: return read_own_link((const char *)b, c, d);
    case SYS_exit_group: return make(ABI_EXIT_GROUP, (uint64_t)a, 0, 0, 0, 0);
    case SYS_read:
    case SYS_close:
    case SYS_statx:
    case SYS_getdents64:
        if (is_inside(a))
            return inside(number, a, b, c, d, e);
        break;
    default: break;
    }
    return call_by_proc(number, a, b, c, d, e, f);
}

const struct sys remote_sys = {.path = call_path, .kernel = call_own, .is_remote = 1};
