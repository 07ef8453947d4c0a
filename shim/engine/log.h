/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_LOG_H
#define NOCLOBBER_ENGINE_LOG_H

/*
 * Writes events and messages without harm to the host process.
 *
 * Conventions: async-signal-safe, thread-safe. What cannot be written is lost and changes no
 * verdict; nor does a part of an event stay in a log, whose next event would go on in its line.
 * One event is one write(2) to a descriptor that is opened for it and closed after it: no
 * descriptor stays open in the host, and lines of several processes do not mix.
 */

#include "core/event.h"
#include "core/policy.h"
#include "core/sys.h"
#include "engine/scratch.h"

/*
 * Writes `size` bytes to `fd` by one write(2). Returns how many were written, or -errno. Neither a pipe without a reader (SIGPIPE) nor a limit on file size (SIGXFSZ) ends the
 * host: both signals are blocked during the write, and removed if the write raised them.
 */
long log_write(const struct sys *sys, int fd, const char *bytes, size_t size);

/* Remembers which file standard error is, for log_stderr. Only the constructor calls it. */
void log_remember_stderr(const struct sys *sys);

/*
 * Writes to standard error, which may meanwhile be another terminal, pipe or socket than at the
 * time of log_remember_stderr. Does not write to another regular file: a program that closed its
 * standard error may have opened its data as descriptor 2.
 */
void log_stderr(const struct sys *sys, const char *bytes, size_t size);

/* Fills in time, process and program, and appends the event to `policy->log` and `policy->report`
 * and to those of the outer policies, if they are set. If a refusal cannot be written to the report, empties the file beside it (see
 * POLICY_REPORT_WHOLE). Uses `scratch->path` and `scratch->large`. */
void log_event(const struct sys *sys, const struct policy *policy, struct event *event,
               struct scratch *scratch);

/* Writes one line to standard error: `destination` was refused and the process ends. Then ends it
 * with POLICY_EXIT_STATUS; returns only if a test has replaced exit_group. Uses `scratch->large`. */
void log_exit(const struct sys *sys, const char *destination, struct scratch *scratch);

#endif
