/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_LIMITS_H
#define NOCLOBBER_TRACER_LIMITS_H

/*
 * Resource limits, getrlimit(2): those of the command are the tracer's by inheritance, but are not meant for it. What
 * is done about them here is done to the calling process alone; the command keeps its own.
 */

#include <stddef.h>

/* Whether the tracer could live under the hard limits of this process, which it may be unable to raise: 0, or -errno and in
 * `reason` one clause for a person. Leaves all limits as they were. */
int limits_check(char *reason, size_t size);

/* Raises each soft limit of this process as far as it may be raised; hard ones too, where that is permitted. */
void limits_lift(void);

/* How many threads may settle calls at once without running out of descriptors: at least 1 where limits_check
 * has found nothing. */
int limits_workers(void);

#endif
