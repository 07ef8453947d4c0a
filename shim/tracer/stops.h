/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_STOPS_H
#define NOCLOBBER_TRACER_STOPS_H

/* What is done at each stop of a traced thread, ptrace(2). For the tracer's main thread. */

#include <sys/types.h>

#include "core/policy.h"

/* How threads are seized: what they start is traced as well, all die with the tracer, and each stops
 * once more when it ends. */
#define STOPS_OPTIONS                                                                              \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)

/* Deals with what waitpid(2) has said of `thread`: lets it go on, or keeps it until its call is
 * settled. */
void stops_handle(const struct policy *policy, pid_t thread, int status);

#endif
