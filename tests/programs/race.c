/* SPDX-License-Identifier: MIT */
/*
 * race RACERS ROUNDS file|directory [create|plain]: in each round all racers, threads and processes
 * by turns, rename a source of their own onto one destination, each by another of the interposed
 * names. Exactly one may win; what it brought must be at the destination; every other one must be
 * told EEXIST and have its source still, as it was. Then one more comes, an adversary:
 *
 *   create  makes the destination with O_EXCL (mkdir), and counts as one racer
 *   plain   renames onto it past the library, and so may replace what is there: the winner may be
 *           one or none, and each source must be at the destination, replaced by the adversary's,
 *           or still in its place
 *
 * Works in the current directory. Prints one line with the figures, and exits 0 if all was well.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload/raw.h"

#define RACERS_MAX 8
#define BATCH 50 /* rounds between two joins: half of the batches by threads, half by processes */

enum adversary { NONE, CREATE, PLAIN };

static struct {
    unsigned racers; /* the adversary not counted */
    unsigned all;
    unsigned rounds;
    int is_directory;
    enum adversary adversary;
} options;

/* Shared by threads and processes. */
static struct shared {
    pthread_barrier_t start;
    int answers[BATCH][RACERS_MAX + 1];
} * shared;

struct racer {
    unsigned number;
    unsigned first; /* round */
};

/* ---- names and contents ---- */

struct name {
    char text[48];
};

static struct name source_of(unsigned round, unsigned racer)
{
    struct name name;

    snprintf(name.text, sizeof name.text, "s%u.%u", round, racer);
    return name;
}

static struct name destination_of(unsigned round)
{
    struct name name;

    snprintf(name.text, sizeof name.text, "d%u", round);
    return name;
}

/* Where the bytes of a source are: itself, or a file in it. */
static struct name inside(const struct name *name)
{
    struct name file = *name;

    if (options.is_directory)
        strcat(file.text, "/x");
    return file;
}

static void put(const struct name *name, unsigned racer)
{
    const struct name file = inside(name);
    const char byte = (char)('0' + racer);
    int fd;

    if (options.is_directory && mkdir(name->text, 0755) < 0)
        abort();
    fd = open(file.text, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (fd < 0 || write(fd, &byte, 1) != 1)
        abort();
    close(fd);
}

/* The racer whose bytes are there, or -1. */
static int owner(const struct name *name)
{
    const struct name file = inside(name);
    const int fd = open(file.text, O_RDONLY);
    char byte = '\0';

    if (fd < 0)
        return -1;
    if (read(fd, &byte, 1) != 1)
        byte = '0' - 1;
    close(fd);
    return byte - '0';
}

static void drop(const struct name *name)
{
    const struct name file = inside(name);

    unlink(file.text);
    if (options.is_directory)
        rmdir(name->text);
}

/* ---- racing ---- */

static long interposed(unsigned way, const char *source, const char *destination)
{
    switch (way % 5) {
    case 0: return rename(source, destination);
    case 1: return renameat(AT_FDCWD, source, AT_FDCWD, destination);
    case 2: return renameat2(AT_FDCWD, source, AT_FDCWD, destination, RENAME_NOREPLACE);
    case 3:
        return syscall(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, destination, RENAME_NOREPLACE);
#ifdef SYS_renameat
    default: return syscall(SYS_renameat, AT_FDCWD, source, AT_FDCWD, destination);
#else
    default: return rename(source, destination);
#endif
    }
}

static long create(const char *destination)
{
    int fd;

    if (options.is_directory)
        return mkdir(destination, 0755);
    fd = open(destination, O_WRONLY | O_CREAT | O_EXCL, 0644);
    return fd < 0 ? fd : close(fd);
}

/* Plain rename, which the library does not see. */
static long oppose(const char *source, const char *destination)
{
    const long result =
        options.adversary == CREATE
            ? create(destination)
            : raw_call(SYS_renameat2, AT_FDCWD, (long)source, AT_FDCWD, (long)destination, 0, 0);

    if (options.adversary == PLAIN && result < 0)
        errno = (int)-result;
    return result;
}

static void *race(void *of)
{
    const struct racer *const racer = of;

    for (unsigned i = 0; i < BATCH; i++) {
        const unsigned round = racer->first + i;
        const struct name source = source_of(round, racer->number);
        const struct name destination = destination_of(round);
        long result;

        pthread_barrier_wait(&shared->start);
        result = racer->number < options.racers
                     ? interposed(round + racer->number, source.text, destination.text)
                     : oppose(source.text, destination.text);
        shared->answers[i][racer->number] = result < 0 ? errno : 0;
    }
    return NULL;
}

static void race_in_threads(struct racer *racers)
{
    pthread_t threads[RACERS_MAX + 1];

    for (unsigned i = 0; i < options.all; i++)
        if (pthread_create(&threads[i], NULL, race, &racers[i]) != 0)
            abort();
    for (unsigned i = 0; i < options.all; i++)
        pthread_join(threads[i], NULL);
}

static void race_in_processes(struct racer *racers)
{
    for (unsigned i = 0; i < options.all; i++) {
        if (fork() == 0) {
            race(&racers[i]);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
}

/* ---- judging ---- */

static unsigned failures;

static int fail(unsigned round, const char *what, int is)
{
    if (failures++ < 10)
        printf("not ok round %u: %s: %d\n", round, what, is);
    return 0;
}

/* A racer that lost still has its source; one that won has none. */
static int judge_racer(unsigned round, unsigned racer, int answer)
{
    const struct name source = source_of(round, racer);
    const int has = owner(&source);

    if (answer == 0)
        return access(source.text, F_OK) < 0 ||
               fail(round, "a winner's source remains", (int)racer);
    if (answer != EEXIST)
        return fail(round, "a loser was told", answer);
    return has == (int)racer || fail(round, "a loser's source has the bytes of", has);
}

/* Without an adversary that replaces: one winner, and its bytes. */
static void judge_exclusive(unsigned round, const int *answers)
{
    const struct name destination = destination_of(round);
    int winner = -1;
    int winners = 0;

    for (unsigned i = 0; i < options.all; i++) {
        if (i < options.racers)
            judge_racer(round, i, answers[i]);
        if (answers[i] == 0) {
            winner = (int)i;
            winners++;
        }
    }
    if (winners != 1)
        fail(round, "winners", winners);
    if (winner < (int)options.racers && owner(&destination) != winner)
        fail(round, "the destination has the bytes of", owner(&destination));
    if (winner == (int)options.racers && owner(&destination) != -1)
        fail(round, "what was created has the bytes of", owner(&destination));
}

/* An adversary that replaces has the last word where it succeeds; the library's racers still see
 * one winner at most, and nobody loses a source by being refused. */
static void judge_plain(unsigned round, const int *answers)
{
    const unsigned adversary = options.racers;
    const struct name source = source_of(round, adversary);
    const struct name destination = destination_of(round);
    const int at = owner(&destination);
    int winners = 0;

    for (unsigned i = 0; i < adversary; i++) {
        judge_racer(round, i, answers[i]);
        winners += answers[i] == 0;
    }
    if (winners > 1)
        fail(round, "winners", winners);
    if (answers[adversary] == 0 && at != (int)adversary)
        fail(round, "the adversary's file was replaced by that of", at);
    if (answers[adversary] != 0 && owner(&source) != (int)adversary)
        fail(round, "the adversary's source is lost", answers[adversary]);
    if (answers[adversary] != 0 && (winners != 1 || at < 0 || answers[at] != 0))
        fail(round, "nobody's bytes are at the destination", at);
}

static void judge_batch(unsigned first)
{
    for (unsigned i = 0; i < BATCH; i++) {
        const struct name destination = destination_of(first + i);

        if (options.adversary == PLAIN)
            judge_plain(first + i, shared->answers[i]);
        else
            judge_exclusive(first + i, shared->answers[i]);
        drop(&destination);
        if (options.is_directory)
            rmdir(destination.text);
        for (unsigned j = 0; j < options.all; j++) {
            const struct name source = source_of(first + i, j);

            drop(&source);
        }
    }
}

static void run_batch(unsigned first)
{
    struct racer racers[RACERS_MAX + 1];

    for (unsigned i = 0; i < options.all; i++) {
        racers[i].number = i;
        racers[i].first = first;
        for (unsigned j = 0; j < BATCH; j++) {
            const struct name source = source_of(first + j, i);

            put(&source, i);
        }
    }
    memset(shared->answers, -1, sizeof shared->answers);
    if (first / BATCH % 2 == 0)
        race_in_threads(racers);
    else
        race_in_processes(racers);
    judge_batch(first);
}

static void share(void)
{
    pthread_barrierattr_t attributes;

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&shared->start, &attributes, options.all);
}

static int parse(int count, char **arguments)
{
    if (count < 4 || count > 5)
        return -1;
    options.racers = (unsigned)atoi(arguments[1]);
    options.rounds = (unsigned)atoi(arguments[2]);
    options.is_directory = strcmp(arguments[3], "directory") == 0;
    if (count == 5)
        options.adversary = strcmp(arguments[4], "create") == 0 ? CREATE : PLAIN;
    options.all = options.racers + (options.adversary != NONE);
    return options.racers < 1 || options.racers > RACERS_MAX ? -1 : 0;
}

int main(int count, char **arguments)
{
    unsigned done;

    if (parse(count, arguments) < 0) {
        fputs("usage: race RACERS ROUNDS file|directory [create|plain]\n", stderr);
        return 125;
    }
    share();
    for (done = 0; done < options.rounds && failures == 0; done += BATCH)
        run_batch(done);
    printf("%u rounds of %u, %u failures\n", done, options.all, failures);
    return failures != 0;
}
