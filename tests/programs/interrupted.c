/* SPDX-License-Identifier: MIT */
/*
 * interrupted [NAME]: what a process sees of its own signals and of its terminal. The rows are in
 * the table at the end. Prints each row with another result than expected; exits with 0 if there is
 * none.
 */
#include "children.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <termios.h>
#include <time.h>

/* ---- calls that wait ---- */

/* Waits until `process` is in `state` ("S", "T"), proc(5); under a tracer, "t" may stand for
 * "T". */
static void await_state(pid_t process, const char *state)
{
    char name[64], line[512];

    for (;;) {
        snprintf(name, sizeof name, "/proc/%d/stat", process);
        FILE *const file = fopen(name, "re");
        check(file && fgets(line, sizeof line, file) && strrchr(line, ')'),
              "the child has a state");
        fclose(file);
        if (strchr(state, strrchr(line, ')')[2]))
            return;
        sched_yield();
    }
}

/* Starts a child that sends `number` to its parent, `times` times, each when the parent sleeps;
 * then a byte to `fd`. */
static pid_t disturb(int number, int times, int fd)
{
    const pid_t parent = getpid();
    const pid_t child = fork();

    if (child != 0)
        return child;
    for (int i = 0; i < times; i++) {
        await_state(parent, "S");
        kill(parent, number);
    }
    await_state(parent, "S");
    _exit(fd >= 0 && write(fd, "x", 1) != 1);
}

static const char *read_with(int flags)
{
    int ends[2];
    char byte;

    check(pipe(ends) == 0, "there are pipes");
    handle(SIGUSR1, flags);
    const pid_t child = disturb(SIGUSR1, 1, ends[1]);
    const ssize_t got = read(ends[0], &byte, 1);
    const int error = errno;
    end(child);
    return handled != 1 ? "not handled" : got == 1 ? "reads" : error == EINTR ? "EINTR" : "fails";
}

static const char *interrupted_read(void)
{
    return read_with(0);
}

static const char *restarted_read(void)
{
    return read_with(SA_RESTART);
}

/* Signals that are ignored by default, explicitly, and one that would otherwise stop the
 * process. */
static const char *read_ignored(void)
{
    static const int numbers[] = {SIGURG, SIGUSR1, SIGTSTP};
    int ends[2];
    char byte;

    signal(SIGUSR1, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    check(pipe(ends) == 0, "there are pipes");
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const pid_t child = disturb(numbers[i], 1, ends[1]);

        if (read(ends[0], &byte, 1) != 1)
            return strerror(errno);
        waitpid(child, NULL, 0);
    }
    return "reads";
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static const char *sleep_ignored(void)
{
    const struct timespec time = {0, 200 * 1000 * 1000};
    const int64_t begin = now();
    const pid_t child = disturb(SIGURG, 3, -1);
    const int result = nanosleep(&time, NULL);

    end(child);
    return result == 0 && now() - begin >= 200 ? "all of it" : "less";
}

static const char *futex_ignored(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec until;

    const pid_t child = disturb(SIGURG, 3, -1);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 200 * 1000 * 1000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    const int result = pthread_cond_timedwait(&never, &lock, &until);
    end(child);
    return result == ETIMEDOUT ? "all of it" : "less";
}

static const char *wait_ignored(void)
{
    const pid_t other = start(rest);
    int ends[2];
    int status;

    check(pipe(ends) == 0, "there are pipes");
    const pid_t disturber = disturb(SIGURG, 1, ends[1]);
    const pid_t ended = waitpid(disturber, &status, 0);
    end(other);
    return ended == disturber ? "waits" : strerror(errno);
}

/* ---- signals by themselves ---- */

static const char *sender(void)
{
    static char said[64];
    const sigset_t set = hold(SIGRTMIN);
    const union sigval value = {.sival_int = 42};
    const pid_t self = getpid();
    const pid_t child = fork();
    siginfo_t info = {0};

    if (child == 0)
        _exit(sigqueue(self, SIGRTMIN, value) != 0);
    sigwaitinfo(&set, &info);
    waitpid(child, NULL, 0);
    snprintf(said, sizeof said, "%d %d %d", info.si_pid == child, info.si_code == SI_QUEUE,
             info.si_value.sival_int);
    return said;
}

static void count_then_end(void)
{
    handle(SIGUSR1, 0);
    kill(getppid(), SIGUSR2);
    while (!handled)
        pause();
    _exit(3);
}

static const char *while_stopped(void)
{
    const sigset_t set = hold(SIGUSR2);
    const pid_t child = start(count_then_end);
    siginfo_t info = {0};

    sigwaitinfo(&set, NULL);
    kill(child, SIGSTOP);
    say_info(child, WSTOPPED);
    kill(child, SIGUSR1);
    await_state(child, "tT");
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG) != 0 || info.si_pid != 0)
        return "before SIGCONT";
    kill(child, SIGCONT);
    return say_info(child, WEXITED);
}

static const char *own_stop(void)
{
    const pid_t child = fork();
    int status;

    if (child == 0) {
        raise(SIGSTOP);
        _exit(3);
    }
    waitpid(child, &status, WUNTRACED);
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP)
        return "does not stop";
    kill(child, SIGCONT);
    return say_info(child, WEXITED);
}

/* ---- job control ---- */

/* Makes a new session with a terminal, and ignores SIGTTOU, as shells do. */
static int open_terminal(int *controller)
{
    *controller = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    check(*controller >= 0 && grantpt(*controller) == 0 && unlockpt(*controller) == 0,
          "there are terminals");
    setsid();
    signal(SIGTTOU, SIG_IGN);
    const int terminal = open(ptsname(*controller), O_RDWR | O_CLOEXEC);
    check(terminal >= 0 && tcgetpgrp(terminal) == getpgrp(), "it is ours");
    return terminal;
}

static int terminal;

static void read_line(void)
{
    char line[16];

    setpgid(0, 0);
    signal(SIGTTOU, SIG_DFL);
    _exit(read(terminal, line, sizeof line) == 2 ? 3 : 1);
}

/* A background job that reads from the terminal stops; in the foreground it continues. */
static const char *background(void)
{
    static char said[128];
    int controller;

    terminal = open_terminal(&controller);
    const pid_t child = start(read_line);
    snprintf(said, sizeof said, "%s, ", say_info(child, WSTOPPED));
    tcsetpgrp(terminal, child);
    kill(-child, SIGCONT);
    check(write(controller, "x\n", 2) == 2, "somebody types");
    strcat(said, say_info(child, WEXITED));
    return said;
}

/* ^Z stops the foreground job, ^C ends it. */
static const char *suspended(void)
{
    static char said[128];
    int controller;

    terminal = open_terminal(&controller);
    const pid_t child = start(read_line);
    setpgid(child, child);
    tcsetpgrp(terminal, child);
    kill(-child, SIGCONT); /* it may have stopped already */
    await_state(child, "S");
    check(write(controller, "\032", 1) == 1, "somebody types");
    do
        snprintf(said, sizeof said, "%s, ", say_info(child, WSTOPPED));
    while (strcmp(said, "CLD 5 21, ") == 0);
    kill(-child, SIGCONT);
    await_state(child, "S");
    check(write(controller, "\003", 1) == 1, "somebody types");
    strcat(said, say_info(child, WEXITED));
    return said;
}

static const struct row rows[] = {
    {"read, a handler without SA_RESTART", interrupted_read, "EINTR"},
    {"read, a handler with SA_RESTART", restarted_read, "reads"},
    {"read, ignored signals", read_ignored, "reads"},
    {"nanosleep, an ignored signal", sleep_ignored, "all of it"},
    {"a condition, an ignored signal", futex_ignored, "all of it"},
    {"waitpid, an ignored signal", wait_ignored, "waits"},
    {"who sent a signal, and what with it", sender, "1 1 42"},
    {"a signal to one that is stopped", while_stopped, "CLD 1 3"},
    {"a process that stops itself", own_stop, "CLD 1 3"},
    {"a terminal's background", background, "CLD 5 21, CLD 1 3"},
    {"a terminal's foreground", suspended, "CLD 5 20, CLD 2 2"},
};

int main(int arguments_count, char **arguments)
{
    return try_rows(rows, sizeof rows / sizeof *rows, arguments_count > 1 ? arguments[1] : NULL) !=
           0;
}
