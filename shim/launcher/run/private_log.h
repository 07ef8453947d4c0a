/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_PRIVATE_LOG_H
#define NOCLOBBER_LAUNCHER_RUN_PRIVATE_LOG_H

/*
 * The file that the library writes a run's events to, beside the user's own log, and the file
 * that says it is complete (POLICY_REPORT_WHOLE): in a new directory below $TMPDIR or /tmp. Any
 * process of the run, under any user id, can write to both if it knows the name. One at a time in
 * a process.
 */

/*
 * Creates both. Returns the absolute path of the first, in static storage, or NULL with errno
 * set. Until private_log_remove, a signal that ends this process removes them first; SIGKILL and
 * faults leave them.
 */
const char *private_log_create(void);

/*
 * Whether both still exist: 1 or 0. If the command removed them, later refusals are not recorded.
 */
int private_log_is_there(void);

/*
 * Returns a path, in static storage, by which the events can be read even if the file was
 * removed.
 */
const char *private_log_path(void);

/* Removes both, if they exist, and restores the dispositions of signals. */
void private_log_remove(void);

#endif
