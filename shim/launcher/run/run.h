/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_RUN_H
#define NOCLOBBER_LAUNCHER_RUN_RUN_H

/*
 * Runs the command as if it had been started without us: signals, terminal, exit status.
 *
 * The command is in our process group, so it owns the terminal and stops and ends with us. While
 * it runs, its orphans become our children (PR_SET_CHILD_SUBREAPER), so that we know of them;
 * their getppid(2) shows that. If we are killed by SIGKILL the command goes on, still guarded,
 * without a summary.
 */

#include <stddef.h>

struct run_result {
    int exec_error;    /* errno of a failed execve(2), not reported yet; else 0 */
    int status;        /* as a shell reports it: the command's own, 128+N for signal N, 126, 127 */
    int signal;        /* the signal that ended the command, or 0 */
    int has_leftovers; /* descendants were still running when the command ended */
    int is_sealed;     /* --seal worked; the caller fills in this and the following */
    size_t sealed;     /* files that were sealed */
    size_t unsealed;   /* files that --allow-if left replaceable */
};

/*
 * What the child does before it becomes the command. `enter` returns 0, or the -errno that
 * run_command returns.
 */
struct run_entry {
    int (*enter)(const void *context);
    const void *context;
};

/*
 * Starts `command` (execvp(3)) with `environment` and waits for it. `entry` may be NULL.
 * Descendants that outlive it are left running. Returns 0 with the first four fields of `*result`
 * filled in, or -errno.
 *
 * Passes on, once, every signal that is sent to this process and that the command does not get
 * itself: not those to our process group, unless the command has left it
 * (launcher/run/witness.h), nor those from the command. Stops when the command stops and
 * continues when it does, so that a shell's job control treats the two as one.
 *
 * Restores the signal mask and the disposition of SIGCHLD; signals that arrived meanwhile are
 * consumed. Does not end this process by the command's signal; the caller decides (a shell that
 * runs a loop stops only for a command that SIGINT has ended).
 */
int run_command(char **command, char **environment, const struct run_entry *entry,
                struct run_result *result);

#endif
