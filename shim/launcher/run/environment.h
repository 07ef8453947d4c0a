/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_ENVIRONMENT_H
#define NOCLOBBER_LAUNCHER_RUN_ENVIRONMENT_H

/* The environment that the command is started with. */

/*
 * Builds the command's environment: `environment` without its NOCLOBBER_ variables, with
 * `variables` (NULL-terminated) in their place, NOCLOBBER_REPORT=`report`, and `library` (NULL:
 * none) first in LD_PRELOAD. The other entries of LD_PRELOAD follow, except files named
 * libnoclobber.so. Returns a new array, whose strings may be the caller's, or NULL if memory is
 * out. Never freed: it lasts as long as the process.
 */
char **environment_build(char **environment, char **variables, const char *library,
                         const char *report);

#endif
