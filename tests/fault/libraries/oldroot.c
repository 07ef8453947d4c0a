/* SPDX-License-Identifier: MIT */
/*
 * A fake root from the time before renameat2, as fakechroot was until 2.19: absolute paths are
 * taken below $OLDROOT, in all that the shim calls but for that one.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct path {
    char name[4096];
};

static const char *inside(struct path *path, const char *given)
{
    const char *const root = getenv("OLDROOT");

    if (given[0] != '/' || strncmp(given, root, strlen(root)) == 0)
        return given;
    snprintf(path->name, sizeof path->name, "%s%s", root, given);
    return path->name;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int rename(const char *from, const char *to)
{
    struct path one;
    struct path two;

    return NEXT(rename)(inside(&one, from), inside(&two, to));
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    struct path one;
    struct path two;

    return NEXT(renameat)(from_dir, inside(&one, from), to_dir, inside(&two, to));
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    struct path one;
    struct path two;

    return NEXT(linkat)(from_dir, inside(&one, from), to_dir, inside(&two, to), flags);
}

int unlinkat(int dir, const char *name, int flags)
{
    struct path path;

    return NEXT(unlinkat)(dir, inside(&path, name), flags);
}

int mkdirat(int dir, const char *name, mode_t mode)
{
    struct path path;

    return NEXT(mkdirat)(dir, inside(&path, name), mode);
}

int statx(int dir, const char *restrict name, int flags, unsigned mask, struct statx *restrict out)
{
    struct path path;

    return NEXT(statx)(dir, inside(&path, name), flags, mask, out);
}

ssize_t readlinkat(int dir, const char *restrict name, char *restrict out, size_t size)
{
    struct path path;

    return NEXT(readlinkat)(dir, inside(&path, name), out, size);
}

int openat(int dir, const char *name, int flags, ...)
{
    struct path path;
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    return NEXT(openat)(dir, inside(&path, name), flags, mode);
}

int openat64(int dir, const char *name, int flags, ...)
{
    struct path path;
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    return NEXT(openat64)(dir, inside(&path, name), flags, mode);
}
