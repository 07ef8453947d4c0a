/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_SCRIPT_H
#define NOCLOBBER_LAUNCHER_PROBE_SCRIPT_H

/* Scripts: what their first line says. */

#include <stddef.h>

/* How much of the first line the kernel reads (BINPRM_BUF_SIZE, since Linux 5.1). */
#define SCRIPT_LINE 256

struct script {
    char interpreter[SCRIPT_LINE]; /* may be relative to the current directory */
    char argument[SCRIPT_LINE];    /* the rest of the line, which is one argument; or "" */
};

/*
 * Reads the `#!` line of the file at `path` as the kernel does. Returns 0, also for a text
 * without one, with /bin/sh, as execvp(3) runs it; -ENOEXEC for anything else; or -errno.
 */
int script_read(const char *path, struct script *script);

/*
 * Returns the program that env(1) searches for on $PATH, if env is the interpreter and its
 * argument is only a name; else NULL, because options may change the search. Points into
 * `script`.
 */
const char *script_env_program(const struct script *script);

#endif
