/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_REPORT_TEXT_H
#define NOCLOBBER_LAUNCHER_REPORT_REPORT_TEXT_H

#include <stdio.h>

#include "launcher/report/tally.h"

/* Writes the summary for a person, nothing when nothing happened; in colour where `is_coloured`. */
void report_text(FILE *out, const struct tally *tally, int is_coloured);

/* Only the counts. */
void report_text_counts(FILE *out, const struct tally *tally, int is_coloured);

#endif
