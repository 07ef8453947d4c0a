/* SPDX-License-Identifier: MIT */
/*
 * instruction HOW SOURCE DESTINATION: one rename by the system call instruction, bypassing all
 * libraries. HOW is rename, renameat, renameat2, exclusive (RENAME_NOREPLACE) or exchange; high,
 * with bits set in the upper half of the number; i386, by `int 0x80` from a 64-bit program; or x32,
 * by the numbers of that ABI. Exits with the errno, 0 for success.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "preload/raw.h"

#define X32 0x40000000L

/* The 32-bit entry from a 64-bit program: its pointers must be below 4 GiB. */
static long call_i386(const char *source, const char *destination)
{
#if defined(__x86_64__)
    char *const low =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    long result;

    if (low == MAP_FAILED || strlen(source) > 4095 || strlen(destination) > 4095)
        return -ENOMEM;
    strcpy(low, source);
    strcpy(low + 4096, destination);
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(38L), "b"(low), "c"(low + 4096)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
#else
    (void)source;
    (void)destination;
    return -ENOSYS;
#endif
}

static long call_by(const char *how, const char *source, const char *destination)
{
    const long from = (long)source;
    const long to = (long)destination;

#ifdef SYS_rename
    if (strcmp(how, "rename") == 0)
        return raw_call(SYS_rename, from, to, 0, 0, 0, 0);
    if (strcmp(how, "x32") == 0)
        return raw_call(X32 | SYS_rename, from, to, 0, 0, 0, 0);
#endif
#ifdef SYS_renameat
    if (strcmp(how, "renameat") == 0)
        return raw_call(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to, 0, 0);
#endif
    if (strcmp(how, "renameat2") == 0)
        return raw_call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0, 0);
#if LONG_MAX > INT_MAX
    if (strcmp(how, "high") == 0)
        return raw_call((1L << 62) | SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0, 0);
#endif
    if (strcmp(how, "exclusive") == 0)
        return raw_call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE, 0);
    if (strcmp(how, "exchange") == 0)
        return raw_call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE, 0);
    return strcmp(how, "i386") == 0 ? call_i386(source, destination) : -EINVAL;
}

int main(int count, char **arguments)
{
    return count == 4 ? (int)-call_by(arguments[1], arguments[2], arguments[3]) : EINVAL;
}
