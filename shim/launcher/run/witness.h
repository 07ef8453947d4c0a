/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_WITNESS_H
#define NOCLOBBER_LAUNCHER_RUN_WITNESS_H

/*
 * Tells a signal to our whole process group from one to this process alone.
 *
 * The command is in our process group, so it gets by itself what a terminal or kill(2) sends to the
 * group; what is sent to us alone we must pass on. siginfo_t does not say which it was. So a child of
 * ours, the witness, sits in the group and takes signals: what comes to it was sent to the group.
 *
 * timeout(1) does both: it signals its child and then its group. A command under it must be told once
 * or, as without us, twice at the same moment, which is once.
 */

#include <signal.h>
#include <sys/types.h>

/* Starts it. All signals must be blocked, and stay so until witness_end: the witness inherits that. Without one
 * (-errno) witness_has_had says 0. One at a time. */
int witness_start(void);

/*
 * Whether the signal that was just taken was sent to the group as well: 1, or 0. One delivery to the group
 * answers for one signal. If the sender is in our group, and so perhaps about to signal the group, waits up
 * to 10 ms for that. 0 also if the witness does not answer.
 */
int witness_has_had(int number, const siginfo_t *info);

/* Says that this child has been reaped: if it was the witness, its number may be another process's by now. */
void witness_reaped(pid_t pid);

/* Ends it. */
void witness_end(void);

#endif
