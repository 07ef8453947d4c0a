/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_REPORT_GITHUB_H
#define NOCLOBBER_LAUNCHER_REPORT_REPORT_GITHUB_H

#include <stdio.h>

#include "launcher/report/tally.h"

/* Writes one annotation for each destination refused (error) or audited (warning) and each file
 * changed: workflow commands of GitHub Actions, which reads both stdout and stderr of a step.
 * Paths are relative to $GITHUB_WORKSPACE where below it. */
void report_github_annotations(FILE *out, const struct tally *tally);

/* Writes the same as a table in Markdown, for $GITHUB_STEP_SUMMARY; nothing when nothing
 * happened. */
void report_github_summary(FILE *out, const struct tally *tally);

#endif
