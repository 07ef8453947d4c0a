/* SPDX-License-Identifier: MIT */
/*
 * We query the witness by the highest real-time signal, which sigwaitinfo(2) returns after all
 * other pending ones: when the answer comes, everything sent before has been counted.
 */
#include "launcher/run/witness.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

/* Timeout for an answer: the witness may be stopped or killed. */
#define ANSWER_MS 1000
/* How long timeout(1) may take between its two signals. */
#define SECOND_NS 10000000L

static struct {
    pid_t pid; /* 0: none */
    int answers;
    atomic_uint *counts;  /* by signal; shared with the witness */
    unsigned known[NSIG]; /* how many of these have been matched */
} witness;

_Noreturn static void take_signals(pid_t parent, int answers)
{
    siginfo_t info;
    sigset_t all;

    sigfillset(&all);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (getppid() == parent) {
        const int number = sigwaitinfo(&all, &info);

        if (number <= 0)
            continue;
        if (info.si_code > 0 || info.si_pid != parent)
            atomic_fetch_add(&witness.counts[number], 1);
        else if (number == SIGRTMAX && write(answers, "", 1) < 0)
            break;
    }
    _exit(0);
}

int witness_start(void)
{
    const size_t size = NSIG * sizeof *witness.counts;
    const pid_t parent = getpid();
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    witness.counts = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    witness.pid = witness.counts == MAP_FAILED ? -1 : fork();
    if (witness.pid == 0) {
        close(ends[0]);
        take_signals(parent, ends[1]);
    }
    close(ends[1]);
    witness.answers = ends[0];
    for (int i = 0; i < NSIG; i++)
        witness.known[i] = 0;
    if (witness.pid > 0)
        return 0;
    witness.pid = 0;
    close(witness.answers);
    return -EAGAIN;
}

/*
 * Waits until everything sent before this call is counted. Returns 0, or -errno if nobody
 * answers.
 */
static int ask(void)
{
    struct pollfd answer = {witness.answers, POLLIN, 0};
    char byte;

    kill(witness.pid, SIGCONT);
    if (kill(witness.pid, SIGRTMAX) < 0)
        return -errno;
    if (poll(&answer, 1, ANSWER_MS) <= 0 || read(witness.answers, &byte, 1) != 1)
        return -ETIMEDOUT;
    return 0;
}

static int is_new(int number)
{
    const unsigned count = atomic_load(&witness.counts[number]);
    const int result = count != witness.known[number];

    witness.known[number] = count;
    return result;
}

/*
 * Consumes our own copy of a signal sent to the group, which merges with the one before it, as
 * pending signals of one number do.
 */
static void drop_second(int number)
{
    const struct timespec at_once = {0, 0};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    if (number < SIGRTMIN)
        sigtimedwait(&set, NULL, &at_once);
}

static int is_from_our_group(const siginfo_t *info)
{
    return info->si_code <= 0 && info->si_pid > 0 && getpgid(info->si_pid) == getpgrp();
}

int witness_has_had(int number, const siginfo_t *info)
{
    const struct timespec moment = {0, SECOND_NS};
    int has_had;

    if (witness.pid == 0 || ask() < 0)
        return 0;
    has_had = is_new(number);
    if (!has_had && is_from_our_group(info)) {
        nanosleep(&moment, NULL);
        has_had = ask() == 0 && is_new(number);
    }
    if (has_had)
        drop_second(number);
    return has_had;
}

static void forget(void)
{
    close(witness.answers);
    munmap(witness.counts, NSIG * sizeof *witness.counts);
    witness.pid = 0;
}

void witness_reaped(pid_t pid)
{
    if (pid == witness.pid)
        forget();
}

void witness_end(void)
{
    if (witness.pid == 0)
        return;
    kill(witness.pid, SIGKILL);
    while (waitpid(witness.pid, NULL, 0) < 0 && errno == EINTR)
        ;
    forget();
}
