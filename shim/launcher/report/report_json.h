/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_REPORT_JSON_H
#define NOCLOBBER_LAUNCHER_REPORT_REPORT_JSON_H

#include <stdio.h>

#include "launcher/report/tally.h"

/* Writes one JSON object and a newline: everything that is known of the run. Names as in the log
 * (core/event.h). */
void report_json(FILE *out, const struct tally *tally);

#endif
