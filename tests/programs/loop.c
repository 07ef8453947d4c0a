/* SPDX-License-Identifier: MIT */
/*
 * What counts as a loop. `loop tight`: one pair, repeated, gets EBUSY. `loop slow`: a program that
 * waits between its tries always gets EEXIST. Both depend on what is tried within one second; if
 * the machine was too busy for that, they try again in another directory, round.N, and exit with 77
 * if no round was fast enough. `loop pairs`: many different pairs are no loop, even if they have
 * the same names in many directories.
 */
#include "host.h"

#include <sys/stat.h>
#include <time.h>

#define LIMIT 32  /* shim/engine/loop.h */
#define WINDOW 16 /* the same, in sixteenths of a second */
#define ROUNDS 10

/* The first unexpected result since begin(). */
static struct {
    unsigned time; /* of begin() */
    int is, expected;
} burst;

/* The clock of the library and the tracer. */
static unsigned now(void)
{
    struct timespec time;

    check(clock_gettime(CLOCK_MONOTONIC_COARSE, &time) == 0, "a clock");
    return (unsigned)time.tv_sec * 16 + (unsigned)time.tv_nsec / 62500000;
}

static void begin(void)
{
    burst.time = now();
    burst.is = burst.expected = 0;
}

static void repeat(int times, int expected, const char *source, const char *destination)
{
    for (int i = 0; i < times; i++) {
        int is;

        errno = UNTOUCHED;
        is = answer_of(rename(source, destination), destination);
        if (is != EEXIST && is != EBUSY)
            fail("rename to", destination, is, expected);
        if (is != expected && burst.is == burst.expected) {
            burst.is = is;
            burst.expected = expected;
        }
    }
}

/* Whether everything since begin() was within one window. If so, fails if a result was
 * unexpected. */
static int was_fast(void)
{
    if (now() - burst.time >= WINDOW)
        return 0;
    if (burst.is != burst.expected)
        fail("rename", "again and again", burst.is, burst.expected);
    return 1;
}

static void make_pair(void)
{
    put("new", "new");
    put("old", "old");
}

static int tight(void)
{
    make_pair();
    begin();
    repeat(LIMIT - 1, EEXIST, "new", "old");
    repeat(100, EBUSY, "new", "old");
    if (!was_fast())
        return 0;
    put("other", "other");
    expect(EEXIST, "new", "other");
    expect(EEXIST, "other", "old");
    expect(0, "old", "elsewhere");
    expect(0, "new", "old");
    return 1;
}

static int slow(void)
{
    const struct timespec pause = {1, 200000000};

    make_pair();
    put("busy", "busy");
    begin();
    repeat(20, EEXIST, "new", "old");
    repeat(LIMIT - 1, EEXIST, "new", "busy");
    repeat(20, EBUSY, "new", "busy");
    if (!was_fast())
        return 0;
    nanosleep(&pause, NULL);
    begin();
    repeat(20, EEXIST, "new", "old");
    repeat(1, EEXIST, "new", "busy");
    return was_fast();
}

/* Tries it until a round was fast enough. */
static int in_rounds(int (*tries)(void))
{
    char name[16];

    for (int i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof name, "round.%d", i);
        check(mkdir(name, 0755) == 0 && chdir(name) == 0, "a directory");
        if (tries())
            return 0;
        check(chdir("..") == 0, "back");
    }
    dprintf(STDERR_FILENO, "no %d renames within a second on this machine\n", LIMIT + 100);
    return 77;
}

static void pairs(void)
{
    char name[64];

    put("new", "new");
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "old.%d", i);
        put(name, "old");
        expect(EEXIST, "new", name);
    }
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "directory.%d", i);
        check(mkdir(name, 0755) == 0 && chdir(name) == 0, "a directory");
        make_pair();
        expect(EEXIST, "new", "old");
        check(chdir("..") == 0, "back");
    }
}

int main(int count, char **arguments)
{
    check(count == 2, "one argument");
    if (strcmp(arguments[1], "tight") == 0)
        return in_rounds(tight);
    if (strcmp(arguments[1], "slow") == 0)
        return in_rounds(slow);
    pairs();
    return 0;
}
