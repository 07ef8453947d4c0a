/* SPDX-License-Identifier: MIT */
#include "tracer/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer/filter.h"
#include "tracer/proc.h"
#include "tracer/settlement.h"
#include "tracer/stops.h"

/* What the tracer waits for: stops and settlements, and the end of the process that started it. */
#define PARENT_GONE SIGHUP

/* ---- talking ---- */

static int send_number(int fd, int number)
{
    ssize_t sent;

    do
        sent = send(fd, &number, sizeof number, MSG_NOSIGNAL);
    while (sent == -1 && errno == EINTR);
    return sent == (ssize_t)sizeof number ? 0 : -EIO;
}

/* -EIO when the other side is gone. */
static int receive_number(int fd, int *number)
{
    ssize_t got;

    do
        got = recv(fd, number, sizeof *number, 0);
    while (got == -1 && errno == EINTR);
    return got == (ssize_t)sizeof *number ? 0 : -EIO;
}

/* ---- the tracer's process ---- */

/* Nobody of ours listens any more, and a pipe's reader may be waiting for its end. */
static void fall_silent(void)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close(null);
}

/* Takes what waitpid(2) has. Returns 0 once there is nobody left to trace. */
static int collect(const struct policy *policy)
{
    int status;
    pid_t thread;

    while ((thread = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
        stops_handle(policy, thread, status);
    return thread == 0 || errno != ECHILD;
}

static void follow(const struct policy *policy, const sigset_t *signals)
{
    int is_over = 0;

    while (!is_over) {
        if (sigwaitinfo(signals, NULL) == PARENT_GONE)
            fall_silent();
        is_over = !collect(policy);
        settlement_serve();
        is_over = is_over && settlement_count() == 0;
    }
}

static int attach(int fd)
{
    pid_t command;
    int result = receive_number(fd, &command);

    if (result < 0)
        return result;
    if (ptrace(PTRACE_SEIZE, command, NULL, STOPS_OPTIONS) != 0)
        result = -errno;
    send_number(fd, result);
    return result;
}

static void set_up_signals(sigset_t *signals)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigaction(SIGCHLD, &action, NULL);
    sigaction(PARENT_GONE, &action, NULL);
    sigemptyset(signals);
    sigaddset(signals, SIGCHLD);
    sigaddset(signals, PARENT_GONE);
}

/* Our own directory and input must not keep anything busy for as long as a daemon runs; and no file that
 * is opened later may become a standard stream. Returns the conversation's descriptor, which may have
 * been one. */
static int withdraw(int fd)
{
    const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    setsid();
    prctl(PR_SET_NAME, "noclobber-trace", 0, 0, 0);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (fd == STDERR_FILENO || fcntl(STDERR_FILENO, F_GETFD) < 0)
        dup2(null, STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
    if (null > STDERR_FILENO)
        close(null);
    return chdir("/") == 0 ? moved : -1;
}

_Noreturn static void be_tracer(const struct policy *policy, int fd, pid_t parent)
{
    sigset_t signals;

    set_up_signals(&signals);
    fd = withdraw(fd);
    proc_hold();
    prctl(PR_SET_PDEATHSIG, PARENT_GONE, 0, 0, 0);
    if (getppid() != parent)
        fall_silent();
    if (attach(fd) == 0) {
        close(fd);
        follow(policy, &signals);
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

    /* Where only ancestors may trace (Yama): one that is none. Elsewhere it fails, and is not needed. */
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
