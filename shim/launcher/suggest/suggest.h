/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H
#define NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H

#include "launcher/report/report.h"

/* After an audit: writes the minimal --allow and --allow-if options that would have let through exactly what was seen, one
 * line to paste, and what of --protect they would open. To stderr, with the text. */
void suggest_write(const struct report *report);

#endif
