/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_RUN_H
#define NOCLOBBER_LAUNCHER_RUN_RUN_H

/*
 * Running the command as if it had been started without us: signals, terminal, exit status.
 *
 * The command is in our process group, so that the terminal is its own, and stops and ends with it. Orphans of the command
 * come to us while it runs (PR_SET_CHILD_SUBREAPER), so that we know of them: their getppid(2) says so. When we
 * are killed by SIGKILL the command goes on, guarded as before; nobody reports.
 */

#include <stddef.h>

struct run_result {
    int exec_error; /* the errno of an execve(2) that failed, which nobody has told yet; else 0 */
    int status;     /* as a shell reports it: the command's own, 128+N for signal N, 126, 127 */
    int signal;     /* which has ended the command; 0: none, whatever the status */
    int has_leftovers; /* descendants were still running when the command ended */
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
 * Starts `command` (execvp(3)) with `environment` and waits for it. `entry` may be NULL. Descendants that outlive it are left
 * running. Returns 0 with the first four fields of `*result` filled in, or -errno (125).
 *
 * Passes every signal on that is sent to this process and that the command does not get by itself, once: not what goes to our
 * whole process group, unless the command has left that (launcher/run/witness.h), nor what the command sends us. Stops when the
 * command stops and continues when it does, so that a shell's job control works on the two as one.
 *
 * The signal mask and the disposition of SIGCHLD are as before on return; what arrived meanwhile has been taken. The caller is not
 * ended by the command's signal: whether to end by it as well (a shell that runs a loop stops only for a command that SIGINT has
 * ended) is the caller's matter.
 */
int run_command(char **command, char **environment, const struct run_entry *entry,
                struct run_result *result);

#endif
