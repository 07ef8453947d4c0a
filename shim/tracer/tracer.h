/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_TRACER_H
#define NOCLOBBER_TRACER_TRACER_H

/*
 * The tracer: a process of its own beside the command, which keeps every descendant of the command
 * to the policy, however it calls the kernel.
 *
 * It is neither the command's parent nor in its process group: who waits for the command, and job control,
 * go on as without it. It ends with the last process that it traces; should it be killed, they are
 * killed as well (PTRACE_O_EXITKILL).
 */

#include <stddef.h>
#include <sys/types.h>

#include "core/policy.h"

struct tracer {
    pid_t process;
    int command_end; /* of the command's conversation with it: O_CLOEXEC */
};

/* Whether this machine can trace, tried on a child: 0, or -errno and in `reason` one clause for a person:
 * why not, and what would help. For a process with no other thread. */
int tracer_check(char *reason, size_t size);

/* Starts the tracer under `policy`. Returns 0 or -errno. For a process with no other thread. */
int tracer_start(const struct policy *policy, struct tracer *tracer);

/* In the process that will become the command: has it traced, and installs the filter. Returns 0 or
 * -errno. */
int tracer_enter(const struct tracer *tracer);

/* Lets go of it; it goes on for as long as there is anything to trace. */
void tracer_leave(const struct tracer *tracer);

#endif
