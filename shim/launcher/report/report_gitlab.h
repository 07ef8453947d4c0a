/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_REPORT_GITLAB_H
#define NOCLOBBER_LAUNCHER_REPORT_REPORT_GITLAB_H

#include <stdio.h>

#include "launcher/report/tally.h"

/* Writes a code-quality report (docs.gitlab.com, "Code Quality report format"): an array with
 * one object for each destination refused or audited and each file changed, paths relative to
 * $CI_PROJECT_DIR where below it. */
void report_gitlab(FILE *out, const struct tally *tally);

#endif
