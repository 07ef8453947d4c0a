/* SPDX-License-Identifier: MIT */
/*
 * starts COUNT PROGRAM…: starts PROGRAM COUNT times, one after the other, with this process's environment but for BENCH_PRELOAD,
 * which becomes the child's LD_PRELOAD; prints nanoseconds per start, from spawn to reaped.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void start_once(char **command)
{
    pid_t child;
    int status;

    if (posix_spawn(&child, command[0], NULL, NULL, command, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "starts: %s failed\n", command[0]);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    const long count = argc > 2 ? atol(argv[1]) : 0;
    const char *const preload = getenv("BENCH_PRELOAD");
    double start;

    if (count < 1) {
        fprintf(stderr, "usage: starts COUNT PROGRAM...\n");
        return 2;
    }
    if (preload)
        setenv("LD_PRELOAD", preload, 1);
    start = now();
    for (long i = 0; i < count; i++)
        start_once(argv + 2);
    printf("%.1f\n", (now() - start) / (double)count);
    return 0;
}
