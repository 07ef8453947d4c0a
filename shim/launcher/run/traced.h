/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_TRACED_H
#define NOCLOBBER_LAUNCHER_RUN_TRACED_H

/* Runs the command under the tracer instead of the library. */

#include "core/policy.h"
#include "launcher/run/run.h"

/*
 * The variables of a traced command, for environment_build: a library that it preloads itself
 * does nothing, so that no call is decided twice.
 */
extern char *traced_variables[];

/*
 * As run_command, with the command and all its descendants traced under `policy`, after `first`
 * (may be NULL) was entered. The tracer writes the events. Descendants that outlive the command
 * stay traced. Returns 0, or -errno, also if the tracer can't be started.
 */
int traced_run(const struct policy *policy, char **command, char **environment,
               const struct run_entry *first, struct run_result *result);

#endif
