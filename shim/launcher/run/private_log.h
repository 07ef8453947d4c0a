/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_PRIVATE_LOG_H
#define NOCLOBBER_LAUNCHER_RUN_PRIVATE_LOG_H

/*
 * The file that the library reports a run's events to, beside the user's own log, and the one that
 * says that it is whole (POLICY_REPORT_WHOLE): in a directory of their own below $TMPDIR or /tmp. Any
 * process of the run may write to both, under any user id, if it knows the name. One at a time in a
 * process.
 */

/* Makes them. Returns the report's absolute path, of static storage, or NULL with errno. From then on
 * until private_log_remove a signal that ends this process removes them first; SIGKILL and faults
 * leave them. */
const char *private_log_create(void);

/* Whether they are where they were made: 1 or 0. The command may have removed them, and what was
 * refused since then is in no report. */
int private_log_is_there(void);

/* By which path to read the report, though it may have been removed: of static storage. */
const char *private_log_path(void);

/* Removes them, if there are such. The signals do what they did before. */
void private_log_remove(void);

#endif
