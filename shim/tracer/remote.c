/* SPDX-License-Identifier: MIT */
#include "tracer/remote.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/path.h"
#include "tracer/proc.h"
#include "tracer/view.h"

static _Thread_local struct remote *current;

void remote_enter(struct remote *remote)
{
    current = remote;
}

static long call_kernel(long number, long a, long b, long c, long d, long e, long f)
{
    const long result = syscall(number, a, b, c, d, e, f);

    return result == -1 ? -errno : result;
}

/* The same for a path of ours. */
static long call_by_proc(long number, long a, long b, long c, long d, long e, long f)
{
    const int has_path = number == SYS_openat || number == SYS_readlinkat;

    if (has_path && strncmp((const char *)b, "/proc/", 6) == 0)
        return proc_call(number, (const char *)b, c, d, e);
    return call_kernel(number, a, b, c, d, e, f);
}

static const struct sys ours = {call_kernel, call_by_proc};

/* ---- memory ---- */

/* Never across a page that need not be there: a string may end at the end of the last one. */
int remote_read_string(pid_t thread, uint64_t address, char *out, size_t size)
{
    const size_t page = 4096;
    size_t used = 0;

    while (used < size) {
        const size_t rest = page - (size_t)((address + used) % page);
        const struct iovec here = {out + used, rest < size - used ? rest : size - used};
        const struct iovec there = {(void *)(uintptr_t)(address + used), here.iov_len};
        const ssize_t got = process_vm_readv(thread, &here, 1, &there, 1, 0);

        if (got <= 0)
            return got == 0 ? -EFAULT : -errno;
        if (memchr(out + used, '\0', (size_t)got))
            return 0;
        used += (size_t)got;
    }
    return -ENAMETOOLONG;
}

/* The address in the tracee of a path that the engine names: one of the two, or the empty one, which
 * is where the first ends. */
static uint64_t address_of(long path)
{
    if ((const char *)path == current->source)
        return current->source_address;
    if ((const char *)path == current->destination)
        return current->destination_address;
    return *(const char *)path == '\0' ? current->source_address + strlen(current->source) : 0;
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

static long open_for(long dirfd, long path, long flags)
{
    return view_open(&ours, current->thread, (int)dirfd, (const char *)path, (int)flags);
}

static long look(long dirfd, long path, long flags, long out)
{
    const int follow = (flags & AT_SYMLINK_NOFOLLOW) ? O_NOFOLLOW : 0;
    const int fd = (int)open_for(dirfd, path, O_PATH | follow);
    long result;

    if (fd < 0)
        return fd;
    result = ours.kernel(SYS_statx, fd, (long)"", AT_EMPTY_PATH | (flags & AT_STATX_SYNC_TYPE),
                         STATX_BASIC_STATS, out, 0);
    sys_close(&ours, fd);
    return result;
}

static long read_link(long dirfd, long path, long out, long size)
{
    const int fd = (int)open_for(dirfd, path, O_PATH | O_NOFOLLOW);
    long result;

    if (fd < 0)
        return fd;
    result = sys_readlinkat(&ours, fd, "", (char *)out, (size_t)size);
    sys_close(&ours, fd);
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
    case SYS_openat: return open_for(a, b, c);
    case SYS_readlinkat: return read_link(a, b, c, d);
    default: return -ENOSYS; /* openat2: words of a path are not ours to resolve */
    }
}

/* The name of the tracee's working directory as getcwd(2) returns it. */
static long read_working_directory(char *out, size_t size)
{
    const int result = path_read_directory(&ours, current->thread, "/cwd", -1, out, size);

    return result < 0 ? result : (long)strlen(out) + 1;
}

static long read_own_link(const char *path, long out, long size)
{
    char name[PATH_PROC_NAME_MAX];

    if (strcmp(path, "/proc/self/exe") == 0) {
        path_proc_name(name, current->thread, "/exe", -1);
        path = name;
    }
    return sys_readlink_own(&ours, path, (char *)out, (size_t)size);
}

/* -ESRCH if the tracee has ended: what was read of it may be wrong then, and nobody is refused anything. */
static long find_process(void)
{
    return atomic_load(&current->is_gone) ? -ESRCH : proc_process_of_stopped(current->thread);
}

static long call_own(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
    case SYS_getpid: return find_process();
    case SYS_getcwd: return read_working_directory((char *)a, (size_t)b);
    case SYS_readlinkat: return read_own_link((const char *)b, c, d);
    case SYS_exit_group: return make(ABI_EXIT_GROUP, (uint64_t)a, 0, 0, 0, 0);
    default: return call_by_proc(number, a, b, c, d, e, f);
    }
}

const struct sys remote_sys = {call_path, call_own};
