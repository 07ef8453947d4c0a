/* SPDX-License-Identifier: MIT */
/*
 * call [--any-errno] [EXPECTED CALL SOURCE DESTINATION]…: makes each call in turn and checks its
 * result: 0 or the name of an errno. CALL is rename, renameat, renameat2, noreplace or exchange
 * (renameat2 with that flag), or one of the first three after `syscall:`. A success must leave
 * errno alone, unless --any-errno. Builds with musl too, which has no function renameat2.
 */
#include "host.h"

#include <dlfcn.h>
#include <sys/syscall.h>

#define NOREPLACE 1u /* from <linux/fs.h>, which musl-gcc does not find */
#define EXCHANGE 2u

static int number_of(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {
        {"0", 0},           {"EBUSY", EBUSY},   {"EEXIST", EEXIST},   {"EFAULT", EFAULT},
        {"EACCES", EACCES}, {"EINVAL", EINVAL}, {"EPERM", EPERM},     {"EISDIR", EISDIR},
        {"ENOENT", ENOENT}, {"ENOSYS", ENOSYS}, {"ENOTDIR", ENOTDIR}, {"EOPNOTSUPP", EOPNOTSUPP},
        {"EXDEV", EXDEV},
    };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].number;
    fail("no such errno here:", name, 0, 0);
}

static long make_renameat2(const char *source, const char *destination, unsigned flags)
{
#ifdef __GLIBC__
    return renameat2(AT_FDCWD, source, AT_FDCWD, destination, flags);
#else
    return syscall(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, destination, flags);
#endif
}

static long make_by_number(const char *name, const char *source, const char *destination)
{
#ifdef SYS_rename
    if (strcmp(name, "rename") == 0)
        return syscall(SYS_rename, source, destination);
#endif
#ifdef SYS_renameat
    if (strcmp(name, "renameat") == 0)
        return syscall(SYS_renameat, AT_FDCWD, source, AT_FDCWD, destination);
#endif
    (void)name; /* newer architectures have only renameat2 */
    return syscall(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, destination, 0);
}

static long make(const char *name, const char *source, const char *destination)
{
    if (strncmp(name, "syscall:", 8) == 0)
        return make_by_number(name + 8, source, destination);
    if (strcmp(name, "rename") == 0)
        return rename(source, destination);
    if (strcmp(name, "renameat") == 0)
        return renameat(AT_FDCWD, source, AT_FDCWD, destination);
    if (strcmp(name, "renameat2") == 0)
        return make_renameat2(source, destination, 0);
    if (strcmp(name, "noreplace") == 0)
        return make_renameat2(source, destination, NOREPLACE);
    if (strcmp(name, "exchange") == 0)
        return make_renameat2(source, destination, EXCHANGE);
    fail("no such call:", name, 0, 0);
}

int main(int count, char **arguments)
{
    const int any_errno = count > 1 && strcmp(arguments[1], "--any-errno") == 0;

    check(dlerror() == NULL, "no error of dlsym left for the program");
    for (int i = 1 + any_errno; i + 3 < count; i += 4) {
        const int expected = number_of(arguments[i]);
        int is;

        errno = UNTOUCHED;
        is = make(arguments[i + 1], arguments[i + 2], arguments[i + 3]) < 0 ? errno : 0;
        if (is == 0 && !any_errno && errno != UNTOUCHED)
            fail("errno after success of", arguments[i + 1], errno, UNTOUCHED);
        if (is != expected)
            fail(arguments[i + 1], arguments[i + 3], is, expected);
    }
    return 0;
}
