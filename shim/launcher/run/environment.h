/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_ENVIRONMENT_H
#define NOCLOBBER_LAUNCHER_RUN_ENVIRONMENT_H

/* The environment that the command is started with. */

/*
 * Ours, without its NOCLOBBER_* variables, and with `variables` (NULL-terminated) in their place,
 * NOCLOBBER_REPORT=`report`, and `library` (NULL: none) first in LD_PRELOAD; what was in there stays behind it, other
 * mentions of libnoclobber.so left out. Returns the array, newly allocated except for the strings that are the
 * caller's, or NULL when there is no memory. It is never freed but with the process.
 */
char **environment_build(char **environment, char **variables, const char *library,
                         const char *report);

#endif
