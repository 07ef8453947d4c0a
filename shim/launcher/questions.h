/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_QUESTIONS_H
#define NOCLOBBER_LAUNCHER_QUESTIONS_H

/* The two questions: --explain and --doctor. Answers go to stdout. */

#include "launcher/settings/settings.h"

/* For each of the paths (NULL-terminated): which rule decides for it as a destination, and why; and with `is_sealing` whether
 * --seal would seal it. Returns the exit status: 0, or 125
 * when a path can't be resolved. */
int explain(const struct settings *settings, int is_sealing, char **paths);

/* What serves in `directory` (NULL: the current one) on this machine: one line each with a verdict and a remedy. Returns the exit
 * status: 0, or 1 when something would leave a program unprotected. */
int doctor(const char *directory);

#endif
