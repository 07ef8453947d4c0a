/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_H
#define NOCLOBBER_LAUNCHER_RUN_H

/* Running the command as if it had been started without us: signals, terminal, exit status. */

struct run_result {
    int status;    /* as a shell reports it: the command's own, 128+N for signal N, 126, 127 */
    int leftovers; /* descendants that were still running when the command ended */
};

/*
 * Starts `command` (execvp(3)) with `environment`, passes INT, TERM, HUP, QUIT, USR1, USR2, WINCH and TSTP/CONT on, stops when it
 * stops and continues when it does, so that a shell's job control works on the two as one; waits for it. Descendants that
 * outlive it are counted, and left running. Returns 0 with `*result` filled in, or -errno (125).
 */
int run_command(char **command, char **environment, struct run_result *result);

#endif
