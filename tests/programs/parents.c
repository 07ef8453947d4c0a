/* SPDX-License-Identifier: MIT */
/*
 * parents [NAME]: what a parent sees of its children's ends, and children of their parent's end.
 * The rows are in the table at the end. Prints each row with another result than expected; exits
 * with 0 if there is none.
 */
#include "children.h"

#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <sys/signalfd.h>

enum { ROUNDS = 100 };

/* ---- SIGCHLD ---- */

static const char *signal_fields(void)
{
    static char said[128];
    const sigset_t set = hold(SIGCHLD);
    siginfo_t info = {0};

    for (int i = 0; i < ROUNDS; i++) {
        const pid_t child = start(exit_with_3);

        sigwaitinfo(&set, &info);
        snprintf(said, sizeof said, "%d %d %d", info.si_pid == child, info.si_code == CLD_EXITED,
                 info.si_status);
        if (waitpid(child, NULL, WNOHANG) != child)
            return "nothing to wait for";
    }
    return said;
}

static const char *signal_by_descriptor(void)
{
    const sigset_t set = hold(SIGCHLD);
    const int fd = signalfd(-1, &set, SFD_CLOEXEC);
    struct signalfd_siginfo info = {0};

    for (int i = 0; i < ROUNDS; i++) {
        const pid_t child = start(exit_with_3);

        if (read(fd, &info, sizeof info) != sizeof info || info.ssi_pid != (uint32_t)child)
            return "not told";
        if (waitpid(child, NULL, WNOHANG) != child)
            return "nothing to wait for";
    }
    close(fd);
    return "waited for";
}

static const char *signal_no_stop(void)
{
    const sigset_t set = hold(SIGCHLD);
    const struct timespec at_once = {0, 0};
    const pid_t child = start(rest);

    handle(SIGCHLD, SA_NOCLDSTOP);
    kill(child, SIGSTOP);
    say_info(child, WSTOPPED);
    const int early = sigtimedwait(&set, NULL, &at_once);
    end(child);
    return early < 0 && sigtimedwait(&set, NULL, &at_once) == SIGCHLD ? "at the end alone" : "told";
}

/* Whether the process does not exist, not even as a zombie. */
static int has_vanished(pid_t child)
{
    return kill(child, 0) != 0 && errno == ESRCH;
}

static const char *ignored(void)
{
    int status;

    signal(SIGCHLD, SIG_IGN);
    const pid_t child = start(exit_with_3);
    return waitpid(child, &status, 0) == -1 && errno == ECHILD && has_vanished(child)
               ? "ECHILD, gone"
               : "a zombie";
}

static const char *ignored_pidfd(void)
{
    siginfo_t info = {0};

    signal(SIGCHLD, SIG_IGN);
    const pid_t child = start(rest);
    struct pollfd poller = {(int)syscall(SYS_pidfd_open, child, 0), POLLIN, 0};
    kill(child, SIGKILL);
    poll(&poller, 1, -1);
    return waitid(PIDFD, (id_t)poller.fd, &info, WEXITED) == -1 && errno == ECHILD ? "ECHILD"
                                                                                   : "a zombie";
}

static const char *no_wait(void)
{
    int status;

    handle(SIGCHLD, SA_NOCLDWAIT | SA_RESTART);
    const pid_t child = start(exit_with_3);
    if (waitpid(child, &status, 0) != -1 || errno != ECHILD)
        return "a zombie";
    return handled == 1 ? "ECHILD, told" : "ECHILD, not told";
}

/* ---- parents that end ---- */

/* Starts a child whose parent ends at once; returns the number of this orphan. */
static pid_t orphan(void (*life)(int parent))
{
    int ends[2];
    pid_t grandchild = -1;

    check(pipe(ends) == 0, "there are pipes");
    const pid_t child = fork();
    if (child == 0) {
        const pid_t self = getpid();

        grandchild = fork();
        if (grandchild == 0)
            life(self);
        check(write(ends[1], &grandchild, sizeof grandchild) == sizeof grandchild, "it is told");
        _exit(0);
    }
    check(read(ends[0], &grandchild, sizeof grandchild) == sizeof grandchild, "we are told");
    waitpid(child, NULL, 0);
    return grandchild;
}

/* Exits with 3 when the signal that it asked for (PR_SET_PDEATHSIG) tells it that its parent has
 * ended. */
static void end_with_parent(int parent)
{
    const sigset_t set = hold(SIGUSR1);

    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    if (getppid() == parent)
        sigwaitinfo(&set, NULL);
    _exit(3);
}

static void end_as_orphan(int parent)
{
    while (getppid() == parent)
        sched_yield();
    _exit(3);
}

static const char *death_signal(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return say_info(orphan(end_with_parent), WEXITED);
}

static const char *subreaper(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return say_info(orphan(end_as_orphan), WEXITED);
}

static const char *sibling(void)
{
    const pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    int both = 0;

    if (child == 0) {
        if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0)
            exit_with_3();
        _exit(4);
    }
    for (int i = 0, status; i < 2 && wait(&status) > 0; i++)
        both += WEXITSTATUS(status);
    return both == 7 ? "both are ours" : "one is not";
}

static const struct row rows[] = {
    {"SIGCHLD's fields", signal_fields, "1 1 3"},
    {"SIGCHLD by signalfd", signal_by_descriptor, "waited for"},
    {"SA_NOCLDSTOP", signal_no_stop, "at the end alone"},
    {"SIGCHLD ignored", ignored, "ECHILD, gone"},
    {"SIGCHLD ignored, pidfd", ignored_pidfd, "ECHILD"},
    {"SA_NOCLDWAIT", no_wait, "ECHILD, told"},
    {"PR_SET_PDEATHSIG", death_signal, "CLD 1 3"},
    {"PR_SET_CHILD_SUBREAPER", subreaper, "CLD 1 3"},
    {"CLONE_PARENT", sibling, "both are ours"},
};

int main(int arguments_count, char **arguments)
{
    return try_rows(rows, sizeof rows / sizeof *rows, arguments_count > 1 ? arguments[1] : NULL) !=
           0;
}
