/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_OUTER_H
#define NOCLOBBER_LAUNCHER_SETTINGS_OUTER_H

/*
 * Nested runs. The environment holds the outer run's policy. The command below us gets our own
 * policy in the variables without a number, and every outer policy unchanged:
 * NOCLOBBER_1_PROTECT, NOCLOBBER_1_MODE, NOCLOBBER_1_REPORT ... are those of the outermost run,
 * NOCLOBBER_2_... those of the next. The library and the tracer apply all of them and send events
 * to all of them (core/policy.h). So an inner --allow, --audit or --log weakens nothing, and an
 * inner run that is killed, or ends before its background jobs, hides nothing.
 */

#include <stddef.h>

/*
 * Appends the variables of the outer runs in `environment` to `variables`, which has room for as
 * many as `environment` has. The caller frees each. Skips a log equal to `own_log` (may be NULL),
 * so that it gets each event once. Adds to `*count`. Returns 0; -ENOMEM; or -E2BIG after a line
 * on stderr if POLICY_OUTER_MAX runs are around this one.
 */
int outer_collect(char **environment, const char *own_log, char **variables, size_t *count);

#endif
