/* SPDX-License-Identifier: MIT */
/*
 * Makes renames that are refused, with a log that raises SIGPIPE (standard error, a pipe without
 * readers). The program must not notice: no handler runs, the signal mask stays, and a SIGPIPE of
 * its own that is pending meanwhile stays pending.
 */
#include "host.h"

#include <signal.h>

static volatile sig_atomic_t runs;

static void handler(int number)
{
    (void)number;
    runs++;
}

static int is_pending(int number)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, number);
}

static int is_blocked(int number)
{
    sigset_t mask;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, number);
}

static void block(int number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void log_nowhere(void)
{
    int ends[2];

    check(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO, "a pipe");
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    static const char *const old[] = {"old.1", "old.2", "old.3"}; /* one event each */

    put("new", "new");
    for (int i = 0; i < 3; i++)
        put(old[i], "old");
    signal(SIGPIPE, handler);
    log_nowhere();
    expect(EEXIST, "new", old[0]);
    check(runs == 0, "no handler runs");
    check(!is_blocked(SIGPIPE) && !is_blocked(SIGXFSZ), "the mask is as it was");
    block(SIGPIPE);
    expect(EEXIST, "new", old[1]);
    check(is_blocked(SIGPIPE) && !is_pending(SIGPIPE), "nothing is left pending");
    raise(SIGPIPE);
    expect(EEXIST, "new", old[2]);
    check(is_pending(SIGPIPE), "the program's own signal stays");
    return 0;
}
