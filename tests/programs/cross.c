/* SPDX-License-Identifier: MIT */
/*
 * cross ROUNDS [links]: `a` and `b` are equal files, or links with the same target. Two processes
 * rename a to b and b to a at the same time. Status 1 if both are ever lost.
 */
#include "host.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

struct turn {
    atomic_long begun;
    atomic_long done;
};

static void wait_for(atomic_long *counter, long round)
{
    while (atomic_load(counter) < round)
        sched_yield();
}

static void go_the_other_way(struct turn *turn, long rounds)
{
    for (long round = 1; round <= rounds; round++) {
        wait_for(&turn->begun, round);
        rename("b", "a");
        atomic_store(&turn->done, round);
    }
    _exit(0);
}

static void make(const char *name, int is_link)
{
    unlink(name);
    if (is_link)
        check(symlink("target", name) == 0, "a link");
    else
        put(name, "the only build\n");
}

int main(int count, char **arguments)
{
    const long rounds = count > 1 ? atol(arguments[1]) : 1;
    struct turn *const turn =
        mmap(NULL, sizeof *turn, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child;

    check(turn != MAP_FAILED, "shared memory");
    child = fork();
    if (child == 0)
        go_the_other_way(turn, rounds);
    for (long round = 1; round <= rounds; round++) {
        make("a", count > 2);
        make("b", count > 2);
        atomic_store(&turn->begun, round);
        rename("a", "b");
        wait_for(&turn->done, round);
        if (faccessat(AT_FDCWD, "a", F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
            faccessat(AT_FDCWD, "b", F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
            kill(child, SIGKILL);
            fail("neither is left in", "round", (int)round, 0);
        }
    }
    return 0;
}
