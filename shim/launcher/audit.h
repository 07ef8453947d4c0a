/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_AUDIT_H
#define NOCLOBBER_LAUNCHER_AUDIT_H

/* A warning that an audit gives before the run. */

#include "core/policy.h"

/*
 * In audit mode, writes a line to stderr for each filesystem with protected names on which
 * enforcing would refuse every rename of a file, because it has neither exclusive rename nor hard
 * links (or the fallback is `refuse`). The run itself produces no event for that. Examines the
 * directory before the first special character of each protect pattern, or the current one for
 * floating patterns; may test it (filesystem_ask). Examines at most 16 filesystems.
 */
void audit_warn(const struct policy *policy);

#endif
