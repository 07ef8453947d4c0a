/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_FORMATS_H
#define NOCLOBBER_LAUNCHER_REPORT_FORMATS_H

/* The formats of a report. None of them closes or flushes `out`, whose errors are the caller's to look for. */

#include <stdio.h>

#include "launcher/report/tally.h"

/* Writes the summary for a person, nothing when nothing happened; in colour where `is_coloured`. */
void report_text(FILE *out, const struct tally *tally, int is_coloured);

/* Only the counts. */
void report_text_counts(FILE *out, const struct tally *tally, int is_coloured);

/* Writes one annotation for each destination refused (error) or audited (warning) and each file
 * changed: workflow commands of GitHub Actions, which reads both stdout and stderr of a step.
 * Paths are relative to $GITHUB_WORKSPACE where below it. */
void report_github_annotations(FILE *out, const struct tally *tally);

/* Writes the same as a table in Markdown, for $GITHUB_STEP_SUMMARY; nothing when nothing
 * happened. */
void report_github_summary(FILE *out, const struct tally *tally);

/* Writes a code-quality report (docs.gitlab.com, "Code Quality report format"): an array with
 * one object for each destination refused or audited and each file changed, paths relative to
 * $CI_PROJECT_DIR where below it. */
void report_gitlab(FILE *out, const struct tally *tally);

/* Writes one JSON object and a newline: everything that is known of the run. Names as in the log
 * (core/event.h). */
void report_json(FILE *out, const struct tally *tally);

/* `path` relative to the directory that the environment variable names, symbolic links in it
 * resolved, where it is below that; else `path` itself. A pointer into `path`. */
const char *workspace_relative(const char *variable, const char *path);

#endif
