/* SPDX-License-Identifier: MIT */
/*
 * What counts as a loop and what does not. `loop tight`: one pair over and over becomes EBUSY.
 * `loop slow`: a program that waits between its tries gets EEXIST for ever. `loop pairs`: many
 * pairs, also such that have the same names in many directories, are no loop.
 */
#include "host.h"

#include <sys/stat.h>
#include <time.h>

#define LIMIT 32 /* shim/engine/loop.h */

static void repeat(int times, int expected, const char *source, const char *destination)
{
    for (int i = 0; i < times; i++)
        expect(expected, source, destination);
}

static void make_pair(void)
{
    put("new", "new");
    put("old", "old");
}

static void tight(void)
{
    make_pair();
    repeat(LIMIT - 1, EEXIST, "new", "old");
    repeat(1000, EBUSY, "new", "old");
    put("other", "other");
    expect(EEXIST, "new", "other");
    expect(EEXIST, "other", "old");
    expect(0, "old", "elsewhere");
    expect(0, "new", "old");
}

static void slow(void)
{
    const struct timespec pause = {1, 200000000};

    make_pair();
    put("busy", "busy");
    repeat(20, EEXIST, "new", "old");
    repeat(LIMIT - 1, EEXIST, "new", "busy");
    repeat(20, EBUSY, "new", "busy");
    nanosleep(&pause, NULL);
    repeat(20, EEXIST, "new", "old");
    repeat(1, EEXIST, "new", "busy");
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
        tight();
    else if (strcmp(arguments[1], "slow") == 0)
        slow();
    else
        pairs();
    return 0;
}
