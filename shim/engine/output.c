/* SPDX-License-Identifier: MIT */
#include "engine/output.h"

#include <errno.h>
#include <signal.h>

/* The kernel's sigset_t: a bit for each signal, from 1 on. */
#define BIT(signal) (1ULL << ((signal)-1))

#define STDERR 2

/* What standard error was in the constructor. Only read after that. */
static struct {
    int is_known;
    int is_open;
    struct statx facts;
} remembered;

int output_write(const struct sys *sys, int fd, const char *bytes, size_t size)
{
    const unsigned long long fatal = BIT(SIGPIPE) | BIT(SIGXFSZ);
    unsigned long long mask = 0;
    unsigned long long pending = 0;
    unsigned long long raised;
    long result;

    result = sys_sigprocmask(sys, SIG_BLOCK, &fatal, &mask);
    if (result < 0)
        return (int)result;
    sys_sigpending(sys, &pending);
    result = sys_write(sys, fd, bytes, size);
    raised = fatal & ~pending;
    if (result == -EPIPE || result == -EFBIG)
        sys_sigtake(sys, &raised);
    sys_sigprocmask(sys, SIG_SETMASK, &mask, NULL);
    if (result < 0)
        return (int)result;
    return (size_t)result == size ? 0 : -EIO;
}

void output_remember_stderr(const struct sys *sys)
{
    remembered.is_open = sys_statx_fd(sys, STDERR, &remembered.facts) == 0;
    remembered.is_known = 1;
}

static int is_as_remembered(const struct statx *facts)
{
    const struct statx *const before = &remembered.facts;

    return remembered.is_open && facts->stx_ino == before->stx_ino &&
           facts->stx_dev_major == before->stx_dev_major &&
           facts->stx_dev_minor == before->stx_dev_minor;
}

void output_stderr(const struct sys *sys, const char *bytes, size_t size)
{
    struct statx facts;
    const int result = sys_statx_fd(sys, STDERR, &facts);

    /* Where statx is not to be had, nobody can tell: before main, that is standard error still. */
    if (result == -EBADF || (result < 0 && remembered.is_known))
        return;
    if (remembered.is_known && (facts.stx_mode & S_IFMT) == S_IFREG && !is_as_remembered(&facts))
        return;
    output_write(sys, STDERR, bytes, size);
}
