/* SPDX-License-Identifier: MIT */
/* The FAIL_ATth allocation of a program finds no memory, and leaves a file "failed" in the current directory. What the program
 * starts has memory enough. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static long left = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *const at = getenv("FAIL_AT");

    left = at ? atol(at) : -1;
    unsetenv("FAIL_AT");
    unsetenv("LD_PRELOAD");
}

static int fails(void)
{
    if (left <= 0 || --left > 0)
        return 0;
    close(open("failed", O_WRONLY | O_CREAT, 0600));
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails() ? NULL : __libc_realloc(block, size);
}

void *reallocarray(void *block, size_t count, size_t size)
{
    return fails() || (size != 0 && count > SIZE_MAX / size) ? NULL
                                                             : __libc_realloc(block, count * size);
}
