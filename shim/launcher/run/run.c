/* SPDX-License-Identifier: MIT */
/*
 * All signals are blocked and taken one at a time with sigwaitinfo(2): no handler, no race
 * between a check and a wait, and each comes with its sender. A blocked signal is queued even if
 * it is ignored or would stop us. Only signals for our own faults are not blocked.
 */
#include "launcher/run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "launcher/run/children.h"
#include "launcher/run/witness.h"

static const int FAULTS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

struct run {
    const struct run_entry *entry;
    pid_t pid;
    int status; /* as waitpid(2) says it */
    int is_over;
    sigset_t watched;
    sigset_t mask_before;
    struct sigaction child_before;
};

/* If SIGCHLD is ignored, which a program may inherit, children vanish without a status. */
static void watch(struct run *run)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    sigfillset(&run->watched);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
        sigdelset(&run->watched, FAULTS[i]);
    sigprocmask(SIG_BLOCK, &run->watched, &run->mask_before);
    sigaction(SIGCHLD, &action, &run->child_before);
}

static void restore_signals(const struct run *run)
{
    sigaction(SIGCHLD, &run->child_before, NULL);
    sigprocmask(SIG_SETMASK, &run->mask_before, NULL);
}

/* Signals that arrive after the command has ended must not prevent the summary. */
static void unwatch(const struct run *run)
{
    const struct timespec at_once = {0, 0};
    int taken;

    do
        taken = sigtimedwait(&run->watched, NULL, &at_once);
    while (taken > 0 || errno == EINTR);
    restore_signals(run);
}

/* ---- starting ---- */

_Noreturn static void become(const struct run *run, char **command, char **environment, int report)
{
    int reason = run->entry ? run->entry->enter(run->entry->context) : 0;

    if (reason == 0) {
        restore_signals(run);
        execvpe(command[0], command, environment);
        reason = errno;
    }
    while (write(report, &reason, sizeof reason) == -1 && errno == EINTR)
        ;
    _exit(127);
}

/* The errno of an exec that failed, -errno of an entry that failed, or 0: the pipe closes when both
 * succeed. */
static int read_reason(int report)
{
    int reason = 0;
    ssize_t got;

    do
        got = read(report, &reason, sizeof reason);
    while (got == -1 && errno == EINTR);
    return got == (ssize_t)sizeof reason ? reason : 0;
}

/* Returns 0, the positive errno of an exec that failed, or -errno. */
static int start(struct run *run, char **command, char **environment)
{
    int ends[2];
    int reason;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    run->pid = fork();
    if (run->pid == 0)
        become(run, command, environment, ends[1]);
    reason = -errno;
    close(ends[1]);
    if (run->pid != -1)
        reason = read_reason(ends[0]);
    close(ends[0]);
    return reason;
}

/* ---- while it runs ---- */

/* Whether the stopped command has been continued. */
static int is_going_on(const struct run *run)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)run->pid, &info, WCONTINUED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == run->pid;
}

/*
 * Stops this process as the command was stopped, until it is continued. Not if SIGCONT has
 * arrived meanwhile, which went to both, because we would then sleep forever. A SIGCONT before
 * `raise` is pending, or `raise` discards it, and then the command is running; a later one
 * discards the stop. In an orphaned process group, or as process 1, the kernel does not stop us,
 * and the command stays stopped, as it would without us.
 */
static void stop_as_well(const struct run *run, int number)
{
    const struct sigaction fatal = {.sa_handler = SIG_DFL};
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigset_t set;

    sigpending(&set);
    if (sigismember(&set, SIGCONT))
        return;
    sigemptyset(&set);
    sigaddset(&set, number);
    if (sigaction(number, &fatal, &before) != 0) { /* SIGSTOP can't be caught */
        raise(number);
        return;
    }
    raise(number);
    if (is_going_on(run))
        sigaction(number, &ignored, NULL); /* discards the stop */
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigaction(number, &before, NULL);
}

/* Reaps the command and its orphans, whose status is ignored. */
static void collect(struct run *run)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
        if (pid != run->pid) {
            if (!WIFSTOPPED(status))
                witness_reaped(pid);
            continue;
        }
        if (WIFSTOPPED(status)) {
            stop_as_well(run, WSTOPSIG(status));
            continue;
        }
        run->status = status;
        run->is_over = 1;
    }
}

/*
 * Whether the command has already got the signal: it sent it itself, or it went to our group and
 * the command is still in that (timeout(1) leaves it). If in doubt, pass it on: twice is better
 * than never.
 */
static int has_had(const struct run *run, int number, const siginfo_t *info)
{
    const int is_own = info->si_code <= 0 && info->si_pid == run->pid;
    const int has_group = witness_has_had(number, info);

    return is_own || (has_group && getpgid(run->pid) == getpgrp());
}

/* Passes on the value of sigqueue(3) too. */
static void pass_on(const struct run *run, int number, const siginfo_t *info)
{
    if (info->si_code != SI_QUEUE || sigqueue(run->pid, number, info->si_value) < 0)
        kill(run->pid, number);
}

static void follow(struct run *run)
{
    siginfo_t info;

    while (!run->is_over) {
        const int number = sigwaitinfo(&run->watched, &info);

        if (number == SIGCHLD)
            collect(run);
        else if (number > 0 && !has_had(run, number, &info))
            pass_on(run, number, &info);
    }
}

/* ---- afterwards ---- */

static void finish(const struct run *run, int exec_error, int children_before,
                   struct run_result *result)
{
    const int status = run->status;

    result->exec_error = exec_error;
    result->signal = exec_error == 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (exec_error != 0)
        result->status = exec_error == ENOENT ? 127 : 126;
    else
        result->status = result->signal ? 128 + result->signal : WEXITSTATUS(status);
    result->has_leftovers = children_count() > children_before;
}

int run_command(char **command, char **environment, const struct run_entry *entry,
                struct run_result *result)
{
    struct run run = {.entry = entry, .pid = -1};
    /* Children of the program that exec'ed us, and the tracer. */
    const int children_before = children_count();
    int reason;

    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    watch(&run);
    witness_start();
    reason = start(&run, command, environment);
    if (reason >= 0)
        follow(&run);
    witness_end();
    if (reason >= 0)
        finish(&run, reason, children_before, result);
    unwatch(&run);
    return reason < 0 ? reason : 0;
}
