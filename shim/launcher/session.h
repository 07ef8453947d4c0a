/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SESSION_H
#define NOCLOBBER_LAUNCHER_SESSION_H

/* One run, from its preparation to its report: library, probe, snapshot, command, comparison, summary. */

#include "launcher/options.h"
#include "launcher/settings/settings.h"

/* What noclobber exits with where it fails itself, or the command can't be started. */
enum { OWN_ERROR = 125, NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

/* Runs `options->arguments`, a command, under `settings`. Returns the exit status; what there is to say is
 * said on stderr and where the options want a report. Once in a process. */
int session_run(const struct options *options, const struct settings *settings);

#endif
