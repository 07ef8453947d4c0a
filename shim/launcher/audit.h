/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_AUDIT_H
#define NOCLOBBER_LAUNCHER_AUDIT_H

/* What an audit cannot see in the run itself. */

#include "core/policy.h"

/* Writes a line to stderr for each filesystem with protected names on which every rename of a file would be refused
 * without the audit, since it has nothing to make one exclusive: no event tells that. Looks at the directory before the first
 * special character of each protect pattern, or at the current one. */
void audit_warn(const struct policy *policy);

#endif
