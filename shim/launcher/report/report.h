/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_REPORT_H
#define NOCLOBBER_LAUNCHER_REPORT_REPORT_H

/* The summary at the end of a run. */

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

/*
 * Before the run: checks that the files which report_write will write can be written, and that
 * `policy` does not protect them by name. Returns 0, or -errno after a line on stderr.
 */
int report_check(const struct options *options, const struct policy *policy);

/*
 * Writes the summary in options->format: text and GitHub annotations to stderr (GitHub's also as
 * Markdown to the file $GITHUB_STEP_SUMMARY), JSON to --report-file or stderr, GitLab's code
 * quality report to --report-file (default: gl-code-quality-report.json). After an audit, the
 * text and the JSON include the suggested options (launcher/suggest/suggest.h). --quiet omits the
 * text. Waits for a full pipe. Returns 0, or -errno if a file or a report on stderr can't be
 * written completely. For the text, a closed stderr or a reader that has gone is no error.
 */
int report_write(const struct report *report);

#endif
