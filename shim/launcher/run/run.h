/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_RUN_H
#define NOCLOBBER_LAUNCHER_RUN_RUN_H

/*
 * Running the command as if it had been started without us: signals, terminal, exit status.
 *
 * The command is in our process group, so that the terminal is its own, and stops and ends with it. Orphans of the command
 * come to us while it runs (PR_SET_CHILD_SUBREAPER), so that they can be counted: their getppid(2) says so. When we
 * are killed by SIGKILL the command goes on, guarded as before; nobody reports.
 */

#include <stddef.h>

struct run_result {
    int exec_error;  /* the errno of an execve(2) that failed, which nobody has told yet; else 0 */
    int status;      /* as a shell reports it: the command's own, 128+N for signal N, 126, 127 */
    int leftovers;   /* descendants that were still running when the command ended */
    int is_sealed;   /* --seal has worked; it is for the caller to fill in the following as well */
    size_t sealed;   /* files that were sealed */
    size_t unsealed; /* files that --allow-if left replaceable */
};

/* What the child does before it becomes the command: 0, or the -errno that run_command returns. */
struct run_entry {
    int (*enter)(const void *context);
    const void *context;
};

/*
 * Starts `command` (execvp(3)) with `environment`, passes INT, TERM, HUP, QUIT, USR1, USR2, ALRM, WINCH and TSTP/CONT on, stops when it
 * stops and continues when it does, so that a shell's job control works on the two as one; waits for it. `entry` may be NULL. Descendants that
 * outlive it are counted, and left running. Returns 0 with `*result` filled in, or -errno (125).
 *
 * What the terminal sends to the whole group, and what the command sends us itself, is not passed on. A kill(2) of the whole
 * group cannot be told from one of us alone: then the command is told twice.
 *
 * The signal mask and the disposition of SIGCHLD are as before on return; what arrived of the signals above has been
 * taken. The caller is not ended by the command's signal: whether to end by it as well (a shell that runs a loop
 * stops only for a command that SIGINT has ended) is the caller's matter.
 */
int run_command(char **command, char **environment, const struct run_entry *entry,
                struct run_result *result);

#endif
