/* SPDX-License-Identifier: MIT */
/*
 * starts COUNT [PROGRAM…]: starts PROGRAM COUNT times, one after the other, with this process's environment, and prints
 * nanoseconds from spawn to reaped: the median start. Without PROGRAM the same of a thread that does nothing.
 */
#include <pthread.h>
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

static void *do_nothing(void *argument)
{
    return argument;
}

static double start_thread(void)
{
    const double start = now();
    pthread_t thread;

    if (pthread_create(&thread, NULL, do_nothing, NULL) != 0 || pthread_join(thread, NULL) != 0) {
        fprintf(stderr, "starts: no thread\n");
        exit(1);
    }
    return now() - start;
}

static double start_once(char **command)
{
    const double start = now();
    pid_t child;
    int status;

    if (!command[0])
        return start_thread();
    if (posix_spawn(&child, command[0], NULL, NULL, command, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
        fprintf(stderr, "starts: %s failed\n", command[0]);
        exit(1);
    }
    return now() - start;
}

static int compare(const void *one, const void *other)
{
    const double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
    const long count = argc > 1 ? atol(argv[1]) : 0;
    double *times;

    if (count < 1) {
        fprintf(stderr, "usage: starts COUNT [PROGRAM...]\n");
        return 2;
    }
    times = malloc((size_t)count * sizeof *times);
    if (!times)
        return 1;
    for (long i = 0; i < count; i++)
        times[i] = start_once(argv + 2);
    qsort(times, (size_t)count, sizeof *times, compare);
    printf("%.1f\n", times[count / 2]);
    return 0;
}
