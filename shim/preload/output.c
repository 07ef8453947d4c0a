/* SPDX-License-Identifier: MIT */
#include "preload/output.h"

#include <errno.h>
#include <signal.h>

/* The kernel's sigset_t: a bit for each signal, from 1 on. */
#define BIT(signal) (1ULL << ((signal)-1))

void output_write(const struct sys *sys, int fd, const char *bytes, size_t size)
{
    const unsigned long long fatal = BIT(SIGPIPE) | BIT(SIGXFSZ);
    unsigned long long mask = 0;
    unsigned long long pending = 0;
    unsigned long long raised;
    long result;

    if (sys_sigprocmask(sys, SIG_BLOCK, &fatal, &mask) < 0)
        return;
    sys_sigpending(sys, &pending);
    result = sys_write(sys, fd, bytes, size);
    raised = fatal & ~pending;
    if (result == -EPIPE || result == -EFBIG)
        sys_sigtake(sys, &raised);
    sys_sigprocmask(sys, SIG_SETMASK, &mask, NULL);
}
