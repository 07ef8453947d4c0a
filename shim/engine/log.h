/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_LOG_H
#define NOCLOBBER_ENGINE_LOG_H

/*
 * Writes events and messages without harm to the host process.
 *
 * Conventions: async-signal-safe, thread-safe. What cannot be written is lost and changes no
 * verdict. One event is one write(2) to a descriptor that is opened for it and closed after it: no
 * descriptor stays open in the host, and lines of several processes do not mix. A partly written
 * event is removed from the log: the next one would continue its line.
 */

#include "core/event.h"
#include "core/policy.h"
#include "core/sys.h"
#include "engine/scratch.h"

/*
 * Writes `size` bytes to `fd` by one write(2). Returns the number of bytes written, or -errno. A
 * pipe without a reader (SIGPIPE) or a limit on file size (SIGXFSZ) does not end the host: both
 * signals are blocked during the write, and consumed if the write raised them.
 */
long log_write(const struct sys *sys, int fd, const char *bytes, size_t size);

/* Remembers which file standard error is, for log_stderr. Called once, by the constructor. */
void log_remember_stderr(const struct sys *sys);

/*
 * Writes `size` bytes to standard error. It may be another terminal, pipe or socket than at
 * log_remember_stderr, but not another regular file: if a program closes its standard error, its
 * own data may become descriptor 2.
 */
void log_stderr(const struct sys *sys, const char *bytes, size_t size);

/* Fills in the event's time, process and program, and appends the event to the log and the report
 * of `policy` and of the outer policies. If a refusal cannot be written to a report, truncates its
 * completeness marker (POLICY_REPORT_WHOLE). Uses `scratch->path` and `scratch->large`. */
void log_event(const struct sys *sys, const struct policy *policy, struct event *event,
               struct scratch *scratch);

/* Writes one line to standard error, that replacing `destination` was refused, and ends the process
 * with POLICY_EXIT_STATUS. Returns only if a test has replaced exit_group. Uses
 * `scratch->large`. */
void log_exit(const struct sys *sys, const char *destination, struct scratch *scratch);

#endif
