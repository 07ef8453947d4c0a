/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_FORMATS_H
#define NOCLOBBER_LAUNCHER_REPORT_FORMATS_H

/* The formats of the summary. No function closes or flushes `out`, or checks it for errors. */

#include <stdio.h>

#include "launcher/report/tally.h"

/* Writes the summary as text, nothing if nothing happened; in colour if `is_coloured`. */
void report_text(FILE *out, const struct tally *tally, int is_coloured);

/* Writes only the counts of that text. */
void report_text_counts(FILE *out, const struct tally *tally, int is_coloured);

/*
 * Writes one annotation for each destination refused (error) or audited (warning) and each
 * changed file: workflow commands of GitHub Actions, which reads stdout and stderr of a step.
 * Paths below $GITHUB_WORKSPACE are relative to it.
 */
void report_github_annotations(FILE *out, const struct tally *tally);

/* Writes the same as a Markdown table, for $GITHUB_STEP_SUMMARY; nothing if nothing happened. */
void report_github_summary(FILE *out, const struct tally *tally);

/*
 * Writes a code quality report (docs.gitlab.com, "Code Quality report format"): an array with one
 * object for each destination refused or audited and each changed file. Paths below
 * $CI_PROJECT_DIR are relative to it.
 */
void report_gitlab(FILE *out, const struct tally *tally);

/*
 * Writes one JSON object and a newline: everything known of the run. Names are those of events
 * (core/event.h).
 */
void report_json(FILE *out, const struct tally *tally);

/*
 * Returns `path` relative to the directory that the environment variable names, symbolic links in
 * that resolved, if it is below; else `path` itself. Points into `path`.
 */
const char *workspace_relative(const char *variable, const char *path);

#endif
