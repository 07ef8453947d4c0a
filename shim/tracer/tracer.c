/* SPDX-License-Identifier: MIT */
#include "tracer/tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tracer/filter.h"
#include "tracer/proc.h"
#include "tracer/settlement.h"
#include "tracer/stops.h"

/* What the tracer waits for, beside SIGCHLD and SETTLEMENT_SIGNAL: the end of the process that started it. */
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

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/*
 * waitpid(2) for anybody looks at every tracee in turn, so that thousands that sleep make each stop costly.
 * SIGCHLD names the thread that has stopped, but while one is pending the kernel drops the next. So with
 * many tracees the one that was named is looked at alone, and all of them only so often that it takes
 * a small part of the time; a stop whose signal was dropped waits until then.
 */
#define FEW 64        /* tracees that are always looked at all together */
#define PAUSE 1000LL  /* nanoseconds from one look at all to the next, for each tracee */

struct watch {
    const struct policy *policy;
    long tracees;        /* about how many: an exec may end threads unseen */
    long long last_look; /* at all of them */
    int is_behind;       /* a signal came since */
    int is_over;         /* nobody is left to trace */
};

static int is_start(int event)
{
    return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE;
}

static void handle(struct watch *watch, pid_t thread, int status)
{
    const int event = status >> 16;

    if (is_start(event))
        watch->tracees++;
    else if (!WIFSTOPPED(status) || event == PTRACE_EVENT_EXIT)
        watch->tracees--;
    stops_handle(watch->policy, thread, status);
}

struct stop {
    pid_t thread;
    int status;
};

/* Takes up to `most` stops. */
static int take(struct watch *watch, struct stop *stops, int most)
{
    int count = 0;
    pid_t thread = 1;

    while (count < most && thread > 0) {
        thread = waitpid(-1, &stops[count].status, WNOHANG | __WALL);
        stops[count].thread = thread;
        count += thread > 0;
    }
    watch->is_over = thread < 0 && errno == ECHILD;
    return count;
}

/* Of many, none goes on before all have been looked at: one that stops again at once would be found first each time, and
 * hide the others. */
static void look_at_all(struct watch *watch)
{
    struct stop stops[FEW];
    const int most = watch->tracees < FEW ? 1 : FEW;
    int count;

    do {
        count = take(watch, stops, most);
        for (int i = 0; i < count; i++)
            handle(watch, stops[i].thread, stops[i].status);
    } while (count == most);
    watch->is_behind = 0;
    if (watch->tracees >= FEW)
        watch->last_look = now();
}

/* Nanoseconds until all are to be looked at. */
static long long patience(const struct watch *watch)
{
    return watch->tracees < FEW ? 0 : watch->last_look + watch->tracees * PAUSE - now();
}

static void on_stop(struct watch *watch, pid_t thread)
{
    int status;

    if (thread <= 0 || patience(watch) <= 0) {
        look_at_all(watch);
        return;
    }
    watch->is_behind = 1;
    if (waitpid(thread, &status, WNOHANG | __WALL) == thread)
        handle(watch, thread, status);
}

/* Waits for a signal, but where all are to be looked at only until then. Returns what sigtimedwait(2) does. */
static int await(const struct watch *watch, const sigset_t *signals, siginfo_t *info)
{
    const long long left = watch->is_behind ? patience(watch) : 0;
    const struct timespec limit = {0, (long)(left > 0 ? left : 0)};

    return watch->is_behind ? sigtimedwait(signals, info, &limit) : sigwaitinfo(signals, info);
}

static void follow(const struct policy *policy, const sigset_t *signals)
{
    struct watch watch = {.policy = policy, .tracees = 1};
    siginfo_t info;

    while (!watch.is_over || settlement_count() > 0) {
        switch (await(&watch, signals, &info)) {
        case SIGCHLD: on_stop(&watch, info.si_code > 0 ? info.si_pid : 0); break;
        case PARENT_GONE: fall_silent(); break;
        case SETTLEMENT_SIGNAL: break;
        default: look_at_all(&watch); break;
        }
        settlement_serve();
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
    sigaddset(signals, SETTLEMENT_SIGNAL);
    sigaddset(signals, PARENT_GONE);
}

/*
 * Asks for a short turn on the processor, which the kernel then gives soon (EEVDF, Linux 6.12): whoever renames waits
 * for us. Kernels before that take the request and do nothing. Only under the ordinary policy, sched(7).
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

    if (syscall(SYS_sched_getattr, 0, &schedule, sizeof schedule, 0) != 0 || schedule.policy != SCHED_OTHER)
        return;
    schedule.runtime = 100000; /* nanoseconds: the least */
    syscall(SYS_sched_setattr, 0, &schedule, 0);
}

/*
 * Our own directory and input must not keep anything busy for as long as a daemon runs; and no file that
 * is opened later may become a standard stream. Returns the conversation's descriptor, which may have
 * been one.
 *
 * A process group of our own is out of the reach of the terminal's signals. A session would be as well, but the
 * scheduler shares the processor out by session (autogroup, sched(7)): on a machine that is busy with other sessions
 * a rename would wait until both sessions, ours and the command's, had their turn.
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
