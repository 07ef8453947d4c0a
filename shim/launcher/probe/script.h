/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_SCRIPT_H
#define NOCLOBBER_LAUNCHER_PROBE_SCRIPT_H

/* Files that another program runs: what their first line says. */

#include <stddef.h>

/* What the kernel reads of a first line (BINPRM_BUF_SIZE, Linux 5.1). */
#define SCRIPT_LINE 256

struct script {
    char interpreter
        [SCRIPT_LINE]; /* relative to the current directory where it does not begin with '/' */
    char argument[SCRIPT_LINE]; /* all the rest of the line, which is one argument; or "" */
};

/*
 * Reads the `#!` line of the file at `path` as the kernel does. Returns 0; for a text without one, which execvp(3) gives to
 * /bin/sh, 0 with that; -ENOEXEC for anything else; or -errno.
 */
int script_read(const char *path, struct script *script);

/* The program that env(1) looks for on $PATH where it is the interpreter and a name alone its argument; else NULL. What
 * it makes of options is for env to say: they may change what it looks for, and where. Points into `script`. */
const char *script_env_program(const struct script *script);

#endif
