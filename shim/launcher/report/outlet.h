/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_OUTLET_H
#define NOCLOBBER_LAUNCHER_REPORT_OUTLET_H

/*
 * Asks before a run whether a file can be written, because at the end it is too late. The only sure way
 * is to do it: a file that is not there is made and removed again.
 *
 * All return 0, or -errno after a line on stderr that calls the file `what`.
 */

#include "core/policy.h"

/* A file that is going to be appended to. */
int outlet_check(const char *what, const char *path);

/* A log: what `policy` protects by name must be a log already, or empty, to have events appended to it. */
int outlet_check_log(const char *path, const struct policy *policy);

/* A file that is going to be written anew: not one that is there and that `policy` protects by name. */
int outlet_check_report(const char *what, const char *path, const struct policy *policy);

/* Whether `policy` protects the file at `path` by name, symbolic links followed; what is not there yet, by where it
 * would be: 1 or 0. */
int outlet_is_named(const char *path, const struct policy *policy);

#endif
