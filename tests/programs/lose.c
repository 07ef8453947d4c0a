/* SPDX-License-Identifier: MIT */
/*
 * lose WAY SOURCE DESTINATION: makes the file at DESTINATION lose its name or its bytes, in one of
 * the ways in which programs do it. Status 0; 1 if the kernel refused; 77 if it lacks the call.
 * Helper files are made in the working directory. Builds with any libc, and statically.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXCHANGE 2 /* RENAME_EXCHANGE */

static const char bytes[] = "new\n";

static int put(int fd)
{
    const int failed = fd < 0 || write(fd, bytes, sizeof bytes - 1) != (ssize_t)sizeof bytes - 1;

    if (fd >= 0)
        close(fd);
    return failed ? -1 : 0;
}

static int rename_over(const char *source, const char *destination)
{
    return rename(source, destination);
}

static int open_truncating(const char *source, const char *destination)
{
    (void)source;
    return put(open(destination, O_WRONLY | O_CREAT | O_TRUNC, 0666));
}

static int write_in_place(const char *source, const char *destination)
{
    (void)source;
    return put(open(destination, O_WRONLY));
}

static int append(const char *source, const char *destination)
{
    (void)source;
    return put(open(destination, O_WRONLY | O_APPEND));
}

static int map(const char *source, const char *destination)
{
    const int fd = open(destination, O_RDWR);
    char *const memory =
        fd < 0 ? MAP_FAILED : mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    (void)source;
    if (fd >= 0)
        close(fd);
    if (memory == MAP_FAILED)
        return -1;
    memcpy(memory, bytes, 4);
    return msync(memory, 4, MS_SYNC);
}

static int cut(const char *source, const char *destination)
{
    (void)source;
    return truncate(destination, 1);
}

static int remove_and_create(const char *source, const char *destination)
{
    (void)source;
    if (unlink(destination) != 0)
        return -1;
    return put(open(destination, O_WRONLY | O_CREAT | O_EXCL, 0666));
}

static int move_away(const char *source, const char *destination)
{
    (void)source;
    return rename(destination, "away");
}

static int move_parent(const char *source, const char *destination)
{
    char *const copy = strdup(destination);
    const char *const parent = dirname(copy);
    int result = rename(parent, "parent");

    (void)source;
    if (result == 0)
        result = mkdir(parent, 0777);
    if (result == 0)
        result = put(open(destination, O_WRONLY | O_CREAT | O_EXCL, 0666));
    free(copy);
    return result;
}

static int exchange(const char *source, const char *destination)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, destination, EXCHANGE);
}

static int link_out(const char *source, const char *destination)
{
    (void)source;
    if (link(destination, "out") != 0)
        return -1;
    return put(open("out", O_WRONLY | O_TRUNC));
}

static const struct {
    const char *name;
    int (*act)(const char *source, const char *destination);
} ways[] = {
    {"rename", rename_over},
    {"truncating", open_truncating},
    {"in-place", write_in_place},
    {"append", append},
    {"map", map},
    {"truncate", cut},
    {"create", remove_and_create},
    {"away", move_away},
    {"parent", move_parent},
    {"exchange", exchange},
    {"link", link_out},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 4 && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].name, arguments[1]) != 0)
            continue;
        if (ways[i].act(arguments[2], arguments[3]) == 0)
            return 0;
        perror(ways[i].name);
        return errno == ENOSYS ? 77 : 1;
    }
    fputs("usage: lose WAY SOURCE DESTINATION\n", stderr);
    return 2;
}
