/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_QUESTIONS_H
#define NOCLOBBER_LAUNCHER_QUESTIONS_H

/* The two questions: --explain and --doctor. Answers go to stdout. */

#include "launcher/settings/settings.h"

/*
 * --explain: prints for each of `paths` (NULL-terminated) which rule applies to it as a
 * destination and what a rename onto it would do; if `is_sealing`, also whether --seal would seal
 * it. Returns the exit status: 0, or 125 if a path can't be resolved (after a line on stderr) or
 * stdout can't be written.
 */
int explain(const struct settings *settings, int is_sealing, char **paths);

/*
 * --doctor: prints what works on this machine and in `directory` (NULL: the current one), one
 * line per check. Returns the exit status: 0, or 1 if a line says that programs are left
 * unprotected or stdout can't be written.
 */
int doctor(const char *directory);

#endif
