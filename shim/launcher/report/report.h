/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_REPORT_H
#define NOCLOBBER_LAUNCHER_REPORT_REPORT_H

/* What is said at the end of a run. */

#include "core/policy.h"
#include "launcher/options.h"
#include "launcher/records/records.h"
#include "launcher/run/run.h"
#include "launcher/verify/verify.h"

struct report {
    const struct options *options;
    const struct policy *policy;
    const struct records *records;
    const struct changes *changes;
    const struct run_result *result;
    int status; /* what noclobber will exit with */
};

/* Before a run: whether the files that report_write is going to write can be, and that `policy` does not
 * protect them by name. Returns 0, or -errno after a line on stderr. */
int report_check(const struct options *options, const struct policy *policy);

/*
 * Writes the summary in options->format: text and GitHub annotations to stderr (GitHub's also as Markdown to the file
 * $GITHUB_STEP_SUMMARY), JSON to --report-file or stderr, GitLab's code-quality artifact to --report-file (by default
 * gl-code-quality-report.json); after an audit, with the text or in the JSON, the options that it suggests
 * (launcher/suggest/suggest.h). --quiet leaves the text out. Returns 0, or -errno when a file, or a report to stderr, can't be written whole; that a
 * person has no stderr, or has stopped reading it, is no error of the text. Waits for a pipe that is full.
 */
int report_write(const struct report *report);

#endif
