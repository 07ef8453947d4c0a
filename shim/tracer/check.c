/* SPDX-License-Identifier: MIT */
/*
 * tracer_check: a trial, in which a child traces its own child, each of whose renames must stop. It
 * is a separate process, because a seccomp filter, such as systemd's SystemCallFilter=, may kill a
 * process that calls ptrace(2).
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/abi.h"
#include "tracer/calls.h"
#include "tracer/filter.h"
#include "tracer/limits.h"
#include "tracer/stops.h"
#include "tracer/syscall_info.h"
#include "tracer/tracer.h"
#include "tracer/workers.h"

/* ---- the subject ---- */

/* The subject's exit status: the errno of filter_install; or PASSED plus a bit for each call of
 * `probes` that was not stopped. */
enum { PASSED = 0xC0 };

static const struct {
    const char *name;
    long number;
    unsigned flags;
} probes[] = {
#ifdef SYS_rename
    {"rename", SYS_rename, 0},
#endif
#ifdef SYS_renameat
    {"renameat", SYS_renameat, 0},
#endif
    {"renameat2", SYS_renameat2, 0},
    {"renameat2", SYS_renameat2, RENAME_NOREPLACE},
};

#define PROBES (sizeof probes / sizeof *probes)

static_assert(PASSED > EHWPOISON && (1U << PROBES) <= 0x100 - PASSED, "an exit status holds it");

/* Whether a rename of "" to "" reached the kernel, which returns ENOENT. A call that was stopped,
 * or that another filter forbids, returns another error. */
static int is_made(long number, unsigned flags)
{
    long result;

#ifdef SYS_rename
    if (number == SYS_rename)
        result = syscall(SYS_rename, "", "");
    else
#endif
        result = syscall(number, AT_FDCWD, "", AT_FDCWD, "", flags);
    return result == 0 || errno == ENOENT;
}

/* `ends` are those of a pipe; the tracer writes to it once it traces. */
_Noreturn static void be_subject(const int ends[2], pid_t tracer)
{
    unsigned made = 0;
    char byte;
    int result;

    close(ends[1]); /* if the tracer is killed, the pipe ends */
    prctl(PR_SET_PTRACER, (unsigned long)tracer, 0, 0, 0);
    if (read(ends[0], &byte, 1) != 1)
        _exit(EPIPE);
    result = filter_install();
    if (result < 0)
        _exit(-result);
    for (unsigned i = 0; i < PROBES; i++)
        if (is_made(probes[i].number, probes[i].flags))
            made |= 1U << i;
    _exit(PASSED + (int)made);
}

/* ---- the tracer's side ---- */

static int say(char *reason, size_t size, int error, const char *what, const char *remedy)
{
    snprintf(reason, size, "%s: %s; %s", what, strerror(-error), remedy);
    return error;
}

/* A process of the trial was killed; `calls` are those that it makes. */
static int say_killed(char *reason, size_t size, int status, const char *calls)
{
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
        return say(reason, size, -EIO, "a trial failed", "try again");
    snprintf(reason, size,
             "a filter of system calls (seccomp) kills programs that call %s; allow them, or run "
             "this outside of it",
             calls);
    return -EPERM;
}

/* Lets a call that was stopped return ENOSYS. */
static int answer_stop(pid_t subject, char *reason, size_t size)
{
    struct syscall_info info;
    const int result = syscall_info_get(subject, &info);

    if (result < 0)
        return say(reason, size, result, "this kernel does not say what call was stopped",
                   "--trace needs Linux 5.6");
    if (info.data != FILTER_MARK)
        return say(reason, size, -EBUSY, "another filter stops renames",
                   "--trace needs its own to");
    calls_decline(subject, PTRACE_CONT);
    return 0;
}

/* A call that was not stopped: the kernel prefers SECCOMP_RET_USER_NOTIF to SECCOMP_RET_TRACE, so
 * the listener of an outer filter may let a call pass before we see it. */
static int judge_end(int status, char *reason, size_t size)
{
    if (!WIFEXITED(status))
        return say_killed(reason, size, status,
                          "seccomp(2), rename(2), renameat(2) or renameat2(2)");
    if (WEXITSTATUS(status) < PASSED)
        return say(reason, size, -WEXITSTATUS(status), "this kernel takes no filter",
                   "--trace needs seccomp(2) in the kernel and allowed");
    for (unsigned i = 0; i < PROBES; i++)
        if ((WEXITSTATUS(status) - PASSED) & (1 << i)) {
            snprintf(
                reason, size,
                "%s(2) cannot be stopped here: a supervisor outside (a seccomp listener, such as a "
                "container manager's) lets it through first; run this outside of it",
                probes[i].name);
            return -EBUSY;
        }
    return 0;
}

static int watch_subject(pid_t subject, int gate, char *reason, size_t size)
{
    struct iovec nothing = {NULL, 0};
    int status = 0;
    int result = 0;

    if (ptrace(PTRACE_SEIZE, subject, NULL, STOPS_OPTIONS & ~PTRACE_O_TRACEEXIT) != 0)
        return say(
            reason, size, -errno, "nothing may be traced here",
            "see whether this runs under another tracer (strace, gdb, --trace), in a container "
            "that forbids ptrace(2), or with kernel.yama.ptrace_scope above 1");
    /* The tracer can do without this call, but a filter may kill it for making it. */
    process_vm_readv(subject, &nothing, 1, &nothing, 1, 0);
    if (write(gate, "", 1) != 1)
        return say(reason, size, -errno, "a trial failed", "try again");
    while (result == 0 && waitpid(subject, &status, __WALL) == subject && WIFSTOPPED(status)) {
        if (status >> 16 == PTRACE_EVENT_SECCOMP)
            result = answer_stop(subject, reason, size);
        else
            calls_resume(subject, PTRACE_CONT, status >> 16 ? 0 : WSTOPSIG(status));
    }
    return result < 0 ? result : judge_end(status, reason, size);
}

static int try_subject(char *reason, size_t size)
{
    const pid_t parent = getpid();
    int ends[2];
    pid_t subject;
    int result;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return say(reason, size, -errno, "a trial failed", "try again");
    subject = fork();
    if (subject == 0)
        be_subject(ends, parent);
    result = subject < 0 ? say(reason, size, -errno, "a trial failed", "try again")
                         : watch_subject(subject, ends[1], reason, size);
    close(ends[0]);
    close(ends[1]);
    if (subject > 0) {
        kill(subject, SIGKILL);
        waitpid(subject, NULL, __WALL); /* ECHILD if watch_subject has waited for its end */
    }
    return result;
}

/* The tracer needs it to look at files as a tracee sees them (tracer/view.h). */
static int try_openat2(char *reason, size_t size)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    const int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how);

    if (fd < 0)
        return say(reason, size, -errno, "openat2(2) does not work here",
                   "--trace needs Linux 5.6, and a container that allows it");
    close(fd);
    return 0;
}

/* A filter may refuse clone3(2) with an error other than ENOSYS, which libc expects. */
static int try_thread(char *reason, size_t size)
{
    const int result = workers_start(1);

    if (result < 0)
        return say(reason, size, result, "no thread can be started here",
                   "--trace needs clone3(2), or ENOSYS from it, and memory");
    return 0;
}

/* ---- the trial ---- */

/* Its exit status is the errno; the reason goes to the pipe. */
_Noreturn static void be_trial(int (*prepare)(void), int out)
{
    char reason[512] = "";
    int result = prepare ? prepare() : 0;

    if (result < 0)
        say(reason, sizeof reason, result, "a trial failed", "try again");
    if (result == 0)
        result = limits_check(reason, sizeof reason);
    if (result == 0)
        result = try_openat2(reason, sizeof reason);
    if (result == 0)
        result = try_subject(reason, sizeof reason);
    if (result == 0)
        result = try_thread(reason, sizeof reason);
    _exit(write(out, reason, strlen(reason)) < 0 ? EPIPE : -result);
}

/* Reads the reason up to the end of the pipe. */
static void read_reason(int in, char *reason, size_t size)
{
    size_t length = 0;
    ssize_t got;

    while (length < size - 1 && ((got = read(in, reason + length, size - 1 - length)) > 0 ||
                                 (got < 0 && errno == EINTR)))
        length += got > 0 ? (size_t)got : 0;
    reason[length] = '\0';
}

static int await_trial(pid_t trial, char *reason, size_t size)
{
    int status;

    while (waitpid(trial, &status, 0) < 0)
        if (errno != EINTR)
            return say(reason, size, -errno, "a trial failed", "try again");
    return WIFEXITED(status)
               ? -WEXITSTATUS(status)
               : say_killed(reason, size, status,
                            "openat2(2), clone3(2), ptrace(2) or process_vm_readv(2) (systemd: "
                            "SystemCallFilter=@debug)");
}

static int run_trial(int (*prepare)(void), char *reason, size_t size)
{
    int ends[2];
    pid_t trial;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return say(reason, size, -errno, "a trial failed", "try again");
    trial = fork();
    if (trial == 0) {
        close(ends[0]);
        be_trial(prepare, ends[1]);
    }
    close(ends[1]);
    if (trial > 0)
        read_reason(ends[0], reason, size);
    close(ends[0]);
    return trial < 0 ? say(reason, size, -errno, "a trial failed", "try again")
                     : await_trial(trial, reason, size);
}

int tracer_check(int (*prepare)(void), char *reason, size_t size)
{
    const struct sigaction action = {.sa_handler = SIG_DFL};
    struct sigaction before;
    int result;

    if (ABI_COUNT == 0) {
        snprintf(reason, size,
                 "--trace does not know this architecture; it runs on x86-64 and aarch64");
        return -ENOSYS;
    }
    /* If SIGCHLD is ignored, which a program may inherit, children vanish without a status. */
    sigaction(SIGCHLD, &action, &before);
    result = run_trial(prepare, reason, size);
    sigaction(SIGCHLD, &before, NULL);
    return result;
}
