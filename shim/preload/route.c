/* SPDX-License-Identifier: MIT */
#include "preload/route.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "preload/aside.h"
#include "preload/raw.h"

extern void *dlsym(void *restrict, const char *restrict) __attribute__((weak));

/* dlsym(3), or NULL if the host has none. Called by its address, which needs a relocation anyway: a
 * call by name would need a second one. */
static void *find(void *handle, const char *name)
{
    void *(*ask)(void *restrict, const char *restrict) = dlsym;

    __asm__("" : "+r"(ask));
    return ask ? ask(handle, name) : NULL;
}

/* The next definitions. Written by route_setup in the constructor, afterwards only read. Their
 * types are written out because not every libc declares all of them. */
static struct {
    int (*rename)(const char *, const char *);
    int (*renameat)(int, const char *, int, const char *);
    int (*renameat2)(int, const char *, int, const char *, unsigned);
    int (*linkat)(int, const char *, int, const char *, int);
    int (*unlinkat)(int, const char *, int);
    int (*mkdirat)(int, const char *, mode_t);
    int (*statx)(int, const char *, int, unsigned, struct statx *);
    int (*openat)(int, const char *, int, ...);
    ssize_t (*readlinkat)(int, const char *, char *, size_t);
    int is_untranslated; /* openat is libc's own: no other preload translates paths */
    int is_half_blind;   /* another preload translates paths, but not those of renameat2 */
} next;

long (*route_next_syscall)(long, long, long, long, long, long, long);

static long call_raw(long number, long a, long b, long c, long d, long e, long f)
{
    return raw_call(number, a, b, c, d, e, f);
}

static long from_errno(long result)
{
    return result == -1 ? -errno : result;
}

static long call_next_rename(long number, long a, long b, long c, long d, long e, long f)
{
#ifdef SYS_rename
    if (number == SYS_rename && next.rename)
        return from_errno(next.rename((const char *)a, (const char *)b));
#endif
#ifdef SYS_renameat
    if (number == SYS_renameat && next.renameat)
        return from_errno(next.renameat((int)a, (const char *)b, (int)c, (const char *)d));
#endif
    return call_raw(number, a, b, c, d, e, f);
}

/* sys_open_word bypasses libc, so it works only if no other preload translates paths. Every such
 * preload wraps openat; unless openat is provably libc's own, assume that one does. libc's own
 * openat is not called either: it is a cancellation point, and rename is not. */
static long call_next_openat(long a, long b, long c, long d)
{
    if (next.is_untranslated)
        return raw_call(SYS_openat, a, b, c, d, 0, 0);
    if (c == SYS_WORD_FLAGS)
        return -ENOSYS;
    if (next.openat)
        return from_errno(next.openat((int)a, (const char *)b, (int)c, (mode_t)d));
    return raw_call(SYS_openat, a, b, c, d, 0, 0);
}

/* fakechroot before 2.20 does not wrap renameat2, so the call would escape its root. ENOSYS selects
 * the emulation; only the program's own call without RENAME_NOREPLACE goes through. */
static long call_next_renameat2(long a, long b, long c, long d, long e)
{
    if (next.is_half_blind && (e & RENAME_NOREPLACE))
        return -ENOSYS;
    if (next.renameat2)
        return from_errno(
            next.renameat2((int)a, (const char *)b, (int)c, (const char *)d, (unsigned)e));
    return raw_call(SYS_renameat2, a, b, c, d, e, 0);
}

static long call_next(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
    case SYS_renameat2: return call_next_renameat2(a, b, c, d, e);
    case SYS_linkat:
        if (next.linkat)
            return from_errno(
                next.linkat((int)a, (const char *)b, (int)c, (const char *)d, (int)e));
        break;
    case SYS_unlinkat:
        if (next.unlinkat)
            return from_errno(next.unlinkat((int)a, (const char *)b, (int)c));
        break;
    case SYS_mkdirat:
        if (next.mkdirat)
            return from_errno(next.mkdirat((int)a, (const char *)b, (mode_t)c));
        break;
    case SYS_statx:
        if (next.statx)
            return from_errno(
                next.statx((int)a, (const char *)b, (int)c, (unsigned)d, (struct statx *)e));
        break;
    case SYS_openat: return call_next_openat(a, b, c, d);
    case SYS_readlinkat:
        if (next.readlinkat)
            return from_errno(next.readlinkat((int)a, (const char *)b, (char *)c, (size_t)d));
        break;
    default: return call_next_rename(number, a, b, c, d, e, f);
    }
    return call_raw(number, a, b, c, d, e, f);
}

/* pseudo answers ENOSYS to every renameat2, so that no rename goes past it unnoticed. */
static long call_by_number(long number, long a, long b, long c, long d, long e, long f)
{
    long result;

    if (number != SYS_renameat2 || !route_next_syscall)
        return call_raw(number, a, b, c, d, e, f);
    result = from_errno(route_next_syscall(number, a, b, c, d, e, f));
    if (result == -ENOSYS &&
        raw_call(number, AT_FDCWD, (long)"", AT_FDCWD, (long)"", 0, 0) != -ENOSYS)
        return ROUTE_WITHHELD;
    return result;
}

const struct sys route_raw = {call_raw, call_raw, aside_run, 0};
const struct sys route_by_number = {call_by_number, call_raw, aside_run, 0};
const struct sys route_next = {call_next, call_raw, aside_run, 0};

/* ---- finding the next definitions ---- */

/* The address of the object that defines a function, or NULL. Slow and rarely needed. dladdr(3) is
 * rarely needed, too, so it is found here and not at the start of every process. */
static const void *object_of(const void *function)
{
    int (*const ask)(const void *, Dl_info *) =
        __extension__(int (*)(const void *, Dl_info *)) find(RTLD_NEXT, "dladdr");
    Dl_info info;

    return ask && function && ask(function, &info) != 0 ? info.dli_fbase : NULL;
}

/*
 * Whether openat is libc's own. In a 64-bit libc it is the same function as openat64. Elsewhere it
 * is in the same object as getauxval, which no preload interposes.
 */
static int is_libcs_own(const void *alias)
{
    const void *const function = __extension__(void *) next.openat;

    return function &&
           (function == alias || object_of(function) == object_of(find(RTLD_NEXT, "getauxval")));
}

/* Whether a preload translates the paths of openat and linkat but not of renameat2, as fakechroot
 * before 2.20. If libc has no renameat2, getauxval, which no preload interposes, stands for it. */
static int is_half_blind(void)
{
    const void *const translator = object_of(find(RTLD_NEXT, "openat"));

    return translator == object_of(find(RTLD_NEXT, "linkat")) &&
           translator != object_of(find(RTLD_NEXT, next.renameat2 ? "renameat2" : "getauxval"));
}

/* A name that was not found must not become the first dlerror(3) of the program. Few libcs lack one
 * of the names, so dlerror is found here and not at the start of every process. */
static void forget_error(void)
{
    char *(*const take_error)(void) = __extension__(char *(*)(void)) find(RTLD_NEXT, "dlerror");

    if (take_error)
        take_error();
}

int route_is_repeated(const char *own)
{
    const size_t length = sizeof ROUTE_MARK - 1;
    const uintptr_t first = (uintptr_t)find(RTLD_DEFAULT, "syscall");
    const char *const mark = (const char *)((first & ~(uintptr_t)1) - length); /* 1: Thumb code */

    /* Do not read across a page boundary: there may be no page before another's function. */
    return first != 0 && mark != own && (first & 4095) >= length &&
           memcmp(mark, ROUTE_MARK, length) == 0;
}

void route_setup(void)
{
    void *next_openat64;

    next.rename = find(RTLD_NEXT, "rename");
    next.renameat = find(RTLD_NEXT, "renameat");
    next.renameat2 = find(RTLD_NEXT, "renameat2");
    next.linkat = find(RTLD_NEXT, "linkat");
    next.unlinkat = find(RTLD_NEXT, "unlinkat");
    next.mkdirat = find(RTLD_NEXT, "mkdirat");
    next.statx = find(RTLD_NEXT, "statx");
    next.openat = find(RTLD_NEXT, "openat");
    next.readlinkat = find(RTLD_NEXT, "readlinkat");
    route_next_syscall = find(RTLD_NEXT, "syscall");
    next_openat64 = find(RTLD_NEXT, "openat64");
    next.is_untranslated = is_libcs_own(next_openat64);
    next.is_half_blind = !next.is_untranslated && is_half_blind();
    if (!next.renameat2 || !next.statx || !next_openat64)
        forget_error();
}

long route_publish(long result)
{
    if (result >= 0 || result < -4095)
        return result;
    errno = (int)-result;
    return -1;
}
