/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_OUTLET_H
#define NOCLOBBER_LAUNCHER_REPORT_OUTLET_H

/*
 * Checks before the run that a file can be written, so that the run does not fail at its end. A
 * file that does not exist is created and removed again, because no other test is reliable.
 *
 * All return 0, or -errno after a line on stderr that calls the file `what`.
 */

#include "core/policy.h"

/* Checks a file that will be appended to. */
int outlet_check(const char *what, const char *path);

/* Checks a log. If `policy` protects it by name, it must be a log already, or empty. */
int outlet_check_log(const char *path, const struct policy *policy);

/* Checks a file that will be overwritten. It must not exist if `policy` protects it by name. */
int outlet_check_report(const char *what, const char *path, const struct policy *policy);

/*
 * Whether `policy` protects the file at `path` by name, with symbolic links followed, also if it
 * does not exist yet: 1 or 0.
 */
int outlet_is_named(const char *path, const struct policy *policy);

#endif
