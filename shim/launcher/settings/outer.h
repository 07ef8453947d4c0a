/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_OUTER_H
#define NOCLOBBER_LAUNCHER_SETTINGS_OUTER_H

/*
 * A noclobber inside another one. The outer run's policy is in our environment. The command below
 * us gets our own policy in the variables without a number, and every outer one unchanged behind it:
 * NOCLOBBER_1_PROTECT, NOCLOBBER_1_MODE, NOCLOBBER_1_REPORT ... are those of the outermost run,
 * NOCLOBBER_2_... those of the next. The library and the tracer keep to all of them, and report to
 * all of them (core/policy.h). So an inner --allow, --audit or --log takes nothing away, and an
 * inner run that is killed, or that ends before its background jobs do, hides nothing.
 */

#include <stddef.h>

/*
 * Appends the variables of the outer runs in `environment` to `variables`, which has room for as many
 * as `environment` has, and which the caller frees one by one. A log that is `own_log` (may be NULL)
 * is left out, so that it gets each event once. Adds to `*count`. Returns 0; -ENOMEM; or -E2BIG after
 * a line on stderr, inside POLICY_OUTER_MAX others.
 */
int outer_collect(char **environment, const char *own_log, char **variables, size_t *count);

#endif
