/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_H
#define NOCLOBBER_LAUNCHER_REPORT_H

/* What is said at the end of a run. */

#include "launcher/options.h"
#include "launcher/records.h"
#include "launcher/run.h"
#include "launcher/verify.h"

struct report {
    const struct options *options;
    const struct records *records;
    const struct changes *changes;
    const struct run_result *result;
    int status; /* what noclobber will exit with */
};

/*
 * Writes the summary in options->format: text and GitHub annotations to stderr (GitHub's also as Markdown to the file
 * $GITHUB_STEP_SUMMARY), JSON to --report-file or stderr, GitLab's code-quality artifact to --report-file (by default
 * gl-code-quality-report.json). --quiet leaves the text out. Returns 0, or -errno when a file can't be written.
 */
int report_write(const struct report *report);

/* After an audit: writes the minimal --allow and --allow-if options that would have let through exactly what was seen, one
 * line to paste, and what of --protect they would open. To stderr, with the text. */
void suggest_write(const struct report *report);

#endif
