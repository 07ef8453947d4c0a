/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SESSION_H
#define NOCLOBBER_LAUNCHER_SESSION_H

/* One run: library, probe, snapshot, command, verification, summary. */

#include "launcher/options.h"
#include "launcher/settings/settings.h"

/* Exit statuses: our own failure, and a command that cannot be started. */
enum { OWN_ERROR = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

/*
 * Runs the command `options->arguments` under `settings` and verifies the protected files. Writes
 * the summary to stderr and to the report that the options name. Returns the exit status. May end
 * this process by SIGINT if that ended the command. Call once in a process.
 */
int session_run(const struct options *options, const struct settings *settings);

#endif
