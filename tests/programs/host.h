/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_HOST_H
#define NOCLOBBER_TESTS_HOST_H

/*
 * Shared by the host programs. Each stands for somebody else's program into which the library is
 * preloaded: it makes its files in the current directory, renames, and checks the results itself.
 * The first wrong result ends the program with status 1 and a line on standard error.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The value of errno before each call. It is no error number, so it shows whether a success has
 * left errno alone. */
#define UNTOUCHED 4711

__attribute__((noreturn)) static inline void fail(const char *what, const char *which, int is,
                                                  int expected)
{
    dprintf(STDERR_FILENO, "%s %s: %d, expected %d\n", what, which, is, expected);
    _exit(1);
}

/* Fails unless the condition holds. */
static inline void check(int condition, const char *what)
{
    if (!condition)
        fail(what, "does not hold; errno", errno, 0);
}

/* Makes a file that holds `contents`. Async-signal-safe. */
static inline void put(const char *path, const char *contents)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const ssize_t length = (ssize_t)strlen(contents);

    if (fd < 0 || write(fd, contents, (size_t)length) != length)
        fail("put", path, errno, 0);
    close(fd);
}

/* Fails unless the file holds `contents`. Async-signal-safe. */
static inline void holds(const char *path, const char *contents)
{
    char is[256];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t length = fd < 0 ? -1 : read(fd, is, sizeof is);

    if (length != (ssize_t)strlen(contents) || memcmp(is, contents, (size_t)length) != 0)
        fail("contents of", path, (int)length, (int)strlen(contents));
    close(fd);
}

/* Fails unless nothing exists at `path`. Async-signal-safe. */
static inline void is_gone(const char *path)
{
    if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        fail("still there:", path, 1, 0);
}

/* Converts libc's `result` to 0 or an errno. Fails if a success has changed errno. */
static inline int answer_of(long result, const char *which)
{
    if (result >= 0 && errno != UNTOUCHED)
        fail("errno after success of", which, errno, UNTOUCHED);
    return result < 0 ? errno : 0;
}

/* Renames, and fails unless the result is `expected`: 0 or an errno. Async-signal-safe unless it
 * fails. */
static inline void expect(int expected, const char *source, const char *destination)
{
    int is;

    errno = UNTOUCHED;
    is = answer_of(rename(source, destination), destination);
    if (is != expected)
        fail("rename to", destination, is, expected);
}

#endif
