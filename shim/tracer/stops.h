/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_STOPS_H
#define NOCLOBBER_TRACER_STOPS_H

/* Handles each stop of a traced thread, ptrace(2). For the tracer's main thread. */

#include <sys/types.h>

#include "core/policy.h"

/* The options for PTRACE_SEIZE: threads and processes that a tracee starts are traced as well, all
 * are killed if the tracer dies, and each thread stops before it ends. */
#define STOPS_OPTIONS                                                                              \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)

/* Handles `status`, which waitpid(2) has returned for `thread`, under `policy`: lets the thread
 * continue, or keeps it stopped while its call is pending. Never blocks. */
void stops_handle(const struct policy *policy, pid_t thread, int status);

#endif
