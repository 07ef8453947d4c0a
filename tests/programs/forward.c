/* SPDX-License-Identifier: MIT */
/*
 * syscall(2) with calls other than renames: every argument arrives, and results as large as an
 * address or as negative as an errno are returned as libc returns them.
 */
#include "host.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define PAGE 65536 /* the largest default page size of Linux */

static void check_results(void)
{
    errno = UNTOUCHED;
    check(syscall(SYS_getpid) == getpid(), "getpid");
    check(errno == UNTOUCHED, "success leaves errno alone");
    check(syscall(SYS_close, -1) == -1 && errno == EBADF, "an error is -1 and errno");
    check(syscall(SYS_openat, AT_FDCWD, "missing", O_RDONLY) == -1 && errno == ENOENT,
          "an error of openat");
    check(syscall(100000) == -1 && errno == ENOSYS, "a number that the kernel does not have");
}

static void check_openat(void)
{
    const long fd = syscall(SYS_openat, AT_FDCWD, "made", O_RDWR | O_CREAT | O_EXCL, 0640);
    char byte = 0;

    check(fd >= 0, "openat of four arguments");
    check(syscall(SYS_write, fd, "x", (size_t)1) == 1, "write");
    check(syscall(SYS_lseek, fd, 0L, SEEK_SET) == 0, "lseek");
    check(syscall(SYS_read, fd, &byte, (size_t)1) == 1 && byte == 'x', "read");
    check(syscall(SYS_close, fd) == 0, "close");
}

/* mmap(2) of each architecture: 32-bit ones count the offset in pages, and s390 takes all arguments
 * in memory. */
static char *map_second_page(int fd)
{
#if defined(SYS_mmap2)
    return (char *)syscall(SYS_mmap2, NULL, (size_t)PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE / 4096L);
#elif defined(__s390__)
    const long arguments[] = {0, PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE};

    return (char *)syscall(SYS_mmap, arguments);
#else
    return (char *)syscall(SYS_mmap, NULL, (size_t)PAGE, PROT_READ, MAP_PRIVATE, fd, (off_t)PAGE);
#endif
}

/* Six arguments, the last one an offset: only the second page has the mark. */
static void check_six(void)
{
    const int fd = (int)syscall(SYS_memfd_create, "six", 0u);
    char *page;

    check(fd >= 0 && ftruncate(fd, 2L * PAGE) == 0 && pwrite(fd, "mark", 4, PAGE) == 4, "a file");
    page = map_second_page(fd);
    check(page != MAP_FAILED && memcmp(page, "mark", 4) == 0, "mmap of six arguments");
    check(sizeof(long) == 4 || (uintptr_t)page > UINT32_MAX, "a result wider than an int");
    check(syscall(SYS_munmap, page, (size_t)PAGE) == 0, "munmap");
    close(fd);
}

int main(void)
{
    for (int i = 0; i < 100; i++) {
        check_results();
        check_openat();
        check_six();
        check(unlink("made") == 0, "openat made the file");
    }
    return 0;
}
