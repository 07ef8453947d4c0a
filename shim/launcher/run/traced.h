/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_TRACED_H
#define NOCLOBBER_LAUNCHER_RUN_TRACED_H

/* Running the command under the tracer instead of the library. */

#include "core/policy.h"
#include "launcher/run/run.h"

/* The variables of a traced command, for environment_build: a library that it preloads itself stays
 * out of the way, so that no call is judged twice. */
extern char *traced_variables[];

/* As run_command, with the command and all its descendants traced under `policy`, once `first` (or NULL) has been entered; the
 * tracer writes the events. Those that outlive the command stay traced. */
int traced_run(const struct policy *policy, char **command, char **environment,
               const struct run_entry *first, struct run_result *result);

#endif
