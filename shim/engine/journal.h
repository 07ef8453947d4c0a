/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_JOURNAL_H
#define NOCLOBBER_ENGINE_JOURNAL_H

/*
 * Writing events to the log that the policy names.
 *
 * Conventions: async-signal-safe, thread-safe, no result: a log that cannot be written changes no
 * verdict. One event is one write(2) to a descriptor opened for it alone, so that no descriptor
 * stays open in the host and lines of many processes do not mix.
 */

#include "core/event.h"
#include "core/policy.h"
#include "core/sys.h"
#include "engine/scratch.h"

/* Fills in time, process and program, and appends the event to `policy->log` and to `policy->report`, where
 * there are such; where a refusal can't be written to the report, empties the file beside it (see
 * POLICY_REPORT_WHOLE). Uses `scratch->path` and `scratch->large`. */
void journal_write(const struct sys *sys, const struct policy *policy, struct event *event,
                   struct scratch *scratch);

/* Tells stderr, in one line, that `destination` was refused and the process ends, and ends it with
 * POLICY_EXIT_STATUS. Returns only from a test's table. Uses `scratch->large`. */
void journal_exit(const struct sys *sys, const char *destination, struct scratch *scratch);

#endif
