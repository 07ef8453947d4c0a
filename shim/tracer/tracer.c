/* SPDX-License-Identifier: MIT */
#include "tracer/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/filter.h"
#include "tracer/limits.h"
#include "tracer/proc.h"
#include "tracer/pending.h"
#include "tracer/stops.h"
#include "tracer/watch.h"

/* Sent by the kernel when the process that started the tracer ends (PR_SET_PDEATHSIG). */
#define PARENT_GONE SIGHUP

/* ---- the socket ---- */

static int send_number(int fd, int number)
{
    ssize_t sent;

    do
        sent = send(fd, &number, sizeof number, MSG_NOSIGNAL);
    while (sent == -1 && errno == EINTR);
    return sent == (ssize_t)sizeof number ? 0 : -EIO;
}

/* -EIO if the other side is gone. */
static int receive_number(int fd, int *number)
{
    ssize_t got;

    do
        got = recv(fd, number, sizeof *number, 0);
    while (got == -1 && errno == EINTR);
    return got == (ssize_t)sizeof *number ? 0 : -EIO;
}

/* ---- in the tracer ---- */

/* Closes standard error: `noclobber` has ended, and the reader of a pipe may be waiting for
 * end-of-file. */
static void fall_silent(void)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close(null);
}

/* Attaches to the command, unless `result` is an error, and sends it the result. */
static int attach(int fd, int result)
{
    pid_t command;

    if (receive_number(fd, &command) < 0)
        return -EIO;
    if (result == 0 && ptrace(PTRACE_SEIZE, command, NULL, STOPS_OPTIONS) != 0)
        result = -errno;
    send_number(fd, result);
    return result;
}

static void on_parent_gone(int number)
{
    const int before = errno;

    (void)number;
    fall_silent();
    errno = before;
}

static void set_up_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t blocked;

    sigaction(SIGCHLD, &action, NULL);
    action.sa_handler = on_parent_gone;
    sigaction(PARENT_GONE, &action, NULL);
    sigfillset(&blocked);
    sigdelset(&blocked, PARENT_GONE);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/*
 * Asks for short time slices, which the scheduler then grants sooner (EEVDF, Linux 6.12): a program
 * that renames waits for us. Older kernels accept the request and ignore it. Only under
 * SCHED_OTHER, sched(7).
 */
static void answer_soon(void)
{
    struct {
        uint32_t size;
        uint32_t policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime;
        uint64_t deadline;
        uint64_t period;
    } schedule = {0};

    if (syscall(SYS_sched_getattr, 0, &schedule, sizeof schedule, 0) != 0 ||
        schedule.policy != SCHED_OTHER)
        return;
    schedule.runtime = 100000; /* nanoseconds, the minimum */
    syscall(SYS_sched_setattr, 0, &schedule, 0);
}

/* Linux before 5.9 has no close_range(2); then descriptors above `usual` stay open. */
static void close_from(int first, int last)
{
    const int usual = 65535;

    if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
        return;
    for (int fd = first; fd <= last && fd <= usual; fd++)
        close(fd);
}

/*
 * A traced daemon may run for long: the tracer's working directory and descriptors must not keep a
 * mount, a lock or a pipe of the caller's in use. All three standard streams stay open, so that no
 * file that is opened later gets one of their numbers. Returns the descriptor of the socket, moved
 * out of their way.
 *
 * A process group of its own keeps the terminal's signals away. So would a session, but the
 * scheduler divides the processor by session (autogroup, sched(7)): on a machine that is busy with
 * other sessions, a rename would wait until both sessions, the tracer's and the command's, had
 * their turn.
 */
static int withdraw(int fd)
{
    const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setpgid(0, 0);
    answer_soon();
    prctl(PR_SET_NAME, "noclobber-trace", 0, 0, 0);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (fd == STDERR_FILENO || fcntl(STDERR_FILENO, F_GETFD) < 0)
        dup2(null, STDERR_FILENO);
    if (moved < 0 || chdir("/") != 0)
        return -1;
    close_from(STDERR_FILENO + 1, moved - 1);
    close_from(moved + 1, INT_MAX);
    return moved;
}

_Noreturn static void be_tracer(const struct policy *policy, int fd, pid_t parent)
{
    int result;

    set_up_signals();
    fd = withdraw(fd);
    proc_hold();
    prctl(PR_SET_PDEATHSIG, PARENT_GONE, 0, 0, 0);
    if (getppid() != parent)
        fall_silent();
    limits_lift();
    result = pending_start(policy, limits_workers());
    if (attach(fd, result) == 0) {
        close(fd);
        watch_all(policy);
    }
    _exit(0);
}

/* ---- before and in the command ---- */

int tracer_start(const struct policy *policy, struct tracer *tracer)
{
    const pid_t parent = getpid();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    tracer->process = fork();
    if (tracer->process == 0) {
        close(ends[0]);
        be_tracer(policy, ends[1], parent);
    }
    close(ends[1]);
    tracer->command_end = ends[0];
    if (tracer->process > 0)
        return 0;
    close(ends[0]);
    return -EAGAIN;
}

int tracer_enter(const struct tracer *tracer)
{
    int answer = 0;
    int result;

    /* Yama lets only ancestors trace; this permits the tracer. Without Yama it fails, and is not
     * needed. */
    prctl(PR_SET_PTRACER, (unsigned long)tracer->process, 0, 0, 0);
    result = send_number(tracer->command_end, getpid());
    if (result == 0)
        result = receive_number(tracer->command_end, &answer);
    if (result == 0)
        result = answer;
    return result < 0 ? result : filter_install();
}

void tracer_leave(const struct tracer *tracer)
{
    close(tracer->command_end);
}
