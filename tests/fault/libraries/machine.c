/* SPDX-License-Identifier: MIT */
/* Another filesystem than there is: statfs(2) says that it is of type TYPE, and with IGNORES renameat2(2) knows no flags. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static long make(long number, long a, long b, long c, long d, long e, long f)
{
    long (*const next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");

    return next(number, a, b, c, d, e, f);
}

int statfs64(const char *path, struct statfs64 *facts)
{
    const int result = (int)make(SYS_statfs, (long)path, (long)facts, 0, 0, 0, 0);

    if (result == 0 && getenv("TYPE"))
        facts->f_type = (long)strtoul(getenv("TYPE"), NULL, 16);
    return result;
}

long syscall(long number, ...)
{
    va_list list;
    long a[6];

    va_start(list, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_renameat2 && getenv("IGNORES"))
        a[4] = 0;
    return make(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
