/* SPDX-License-Identifier: MIT */
/*
 * renames CASE COUNT FOLDER: makes COUNT renames in FOLDER and prints nanoseconds per rename.
 *   free       nothing is in the way: one file between two names
 *   overwrite  each of COUNT files replaces one destination; only the renames are timed
 *   refused    one file onto a destination that must not be replaced: EEXIST or EBUSY each time
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *folder;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static const char *name(char *out, size_t size, const char *prefix, long number)
{
    if (snprintf(out, size, "%s/%s%ld", folder, prefix, number) >= (int)size)
        fail("path too long");
    return out;
}

static void create(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0)
        fail(path);
    close(fd);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double run_free(long count)
{
    char one[8192];
    char other[8192];
    double start;

    create(name(one, sizeof one, "one", 0));
    name(other, sizeof other, "other", 0);
    start = now();
    for (long i = 0; i < count; i++)
        if (rename(i % 2 ? other : one, i % 2 ? one : other) != 0)
            fail("rename");
    return now() - start;
}

static double run_overwrite(long count)
{
    char source[8192];
    char destination[8192];
    double total = 0;

    create(name(destination, sizeof destination, "destination", 0));
    for (long i = 0; i < count; i++) {
        double start;

        create(name(source, sizeof source, "source", i % 64));
        start = now();
        if (rename(source, destination) != 0)
            fail("rename");
        total += now() - start;
    }
    return total;
}

static double run_refused(long count)
{
    char source[8192];
    char destination[8192];
    double start;

    create(name(source, sizeof source, "source", 0));
    create(name(destination, sizeof destination, "destination", 0));
    start = now();
    for (long i = 0; i < count; i++)
        if (rename(source, destination) == 0 || (errno != EEXIST && errno != EBUSY))
            fail("rename was not refused");
    return now() - start;
}

int main(int argc, char **argv)
{
    const long count = argc == 4 ? atol(argv[2]) : 0;
    double total;

    if (count < 1) {
        fprintf(stderr, "usage: renames free|overwrite|refused COUNT FOLDER\n");
        return 2;
    }
    folder = argv[3];
    if (strcmp(argv[1], "free") == 0)
        total = run_free(count);
    else if (strcmp(argv[1], "overwrite") == 0)
        total = run_overwrite(count);
    else
        total = run_refused(count);
    printf("%.1f\n", total / (double)count);
    return 0;
}
