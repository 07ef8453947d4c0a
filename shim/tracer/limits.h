/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_LIMITS_H
#define NOCLOBBER_TRACER_LIMITS_H

/*
 * Resource limits, getrlimit(2). The tracer inherits those that are meant for the command. The
 * functions here change only the calling process; the command keeps its limits.
 */

#include <stddef.h>

/* Whether the tracer can work under the hard limits of this process, which it may not be permitted
 * to raise. Returns 0; or -EPERM or -EMFILE with one clause for the user in `reason` (`size`
 * bytes). Leaves all limits as they were. */
int limits_check(char *reason, size_t size);

/* Raises each soft limit of this process as far as permitted, and the hard limits (except that on
 * descriptors) too if the process has CAP_SYS_RESOURCE. Errors are ignored. */
void limits_lift(void);

/* Returns how many pending calls may be decided at once without running out of descriptors: at
 * least 1 if limits_check has returned 0. */
int limits_workers(void);

#endif
