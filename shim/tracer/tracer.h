/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_TRACER_H
#define NOCLOBBER_TRACER_TRACER_H

/*
 * The tracer: a separate process that enforces the policy on the command and all its descendants,
 * however they call the kernel.
 *
 * It is neither the command's parent nor in its process group, so waiting for the command and job
 * control work as without it. It ends with the last process that it traces. If it is killed, the
 * kernel kills all of them (PTRACE_O_EXITKILL).
 *
 * Conventions: functions return 0 or -errno.
 */

#include <stddef.h>
#include <sys/types.h>

#include "core/policy.h"

struct tracer {
    pid_t process;
    int command_end; /* the command's end of the socket to the tracer; O_CLOEXEC */
};

/* Tests on a child whether this machine can trace. The child first calls `prepare`, unless it is
 * NULL, which returns 0 or -errno. Returns 0; or -errno with one clause for the user in `reason`
 * (`size` bytes): why not, and what would help. The process must have only one thread. */
int tracer_check(int (*prepare)(void), char *reason, size_t size);

/* Forks the tracer, which enforces `policy`, and fills `*tracer`; release it with tracer_leave. The
 * process must have only one thread. Returns -errno of socketpair(2), or -EAGAIN if fork(2) has
 * failed. */
int tracer_start(const struct policy *policy, struct tracer *tracer);

/* Called in the process that will execute the command: has the tracer attach to it, and installs
 * the filter. Returns 0; -EIO if the tracer has ended; the tracer's error; or that of
 * filter_install. After an error do not execute the command: it might not be traced. */
int tracer_enter(const struct tracer *tracer);

/* Closes this process's end of the socket. The tracer runs until all that it traces has ended. */
void tracer_leave(const struct tracer *tracer);

#endif
