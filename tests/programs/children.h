/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_CHILDREN_H
#define NOCLOBBER_TESTS_CHILDREN_H

/* Shared by children.c, parents.c and interrupted.c: children, how to look at them, and tables. */

#include "host.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PIDFD ((idtype_t)3) /* P_PIDFD, which older libcs lack */

static inline pid_t start(void (*life)(void))
{
    const pid_t child = fork();

    check(child >= 0, "there is room for a process");
    if (child == 0) {
        life();
        _exit(1);
    }
    return child;
}

/* Kills the child and waits for it. */
static inline void end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* What waitid(2) reports about `child` (si_code and si_status); `options` without WNOHANG. */
static inline const char *say_info(pid_t child, int options)
{
    static char said[64];
    siginfo_t info = {0};

    if (waitid(P_PID, (id_t)child, &info, options) != 0)
        return strerror(errno);
    snprintf(said, sizeof said, "CLD %d %d", info.si_code, info.si_status);
    return said;
}

static inline void exit_with_3(void)
{
    _exit(3);
}

static inline void rest(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        pause();
}

/* ---- signals ---- */

static volatile sig_atomic_t handled;

static inline void count(int number)
{
    (void)number;
    handled++;
}

static inline void handle(int number, int flags)
{
    struct sigaction action = {.sa_handler = count, .sa_flags = flags};

    sigaction(number, &action, NULL);
}

/* Blocks a signal. */
static inline sigset_t hold(int number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return set;
}

/* ---- tables ---- */

struct row {
    const char *name;
    const char *(*see)(void);
    const char *expected;
};

/* Runs the row in a new process. */
static inline int is_as_expected(const struct row *row)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        const char *const seen = row->see();
        const int is_same = strcmp(seen, row->expected) == 0;

        if (!is_same)
            dprintf(STDERR_FILENO, "%s: \"%s\", expected \"%s\"\n", row->name, seen, row->expected);
        _exit(!is_same);
    }
    return waitpid(child, &status, 0) == child && status == 0;
}

/* Runs all rows, or the one called `name`. Returns how many had another result than expected. */
static inline int try_rows(const struct row *rows, size_t count, const char *name)
{
    int wrong = 0;

    alarm(60);
    for (size_t i = 0; i < count; i++)
        if (!name || strcmp(name, rows[i].name) == 0)
            wrong += !is_as_expected(&rows[i]);
    return wrong;
}

#endif
