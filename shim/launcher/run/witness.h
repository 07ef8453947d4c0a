/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_WITNESS_H
#define NOCLOBBER_LAUNCHER_RUN_WITNESS_H

/*
 * Distinguishes a signal to our whole process group from one to this process only.
 *
 * The command is in our process group, so it gets what a terminal or kill(2) sends to the group;
 * what is sent only to us we must pass on. siginfo_t does not say which it was. So a child
 * process, the witness, stays in the group and counts signals: what it gets was sent to the
 * group.
 *
 * timeout(1) does both: it signals its child and then its group. The command must get that once.
 */

#include <signal.h>
#include <sys/types.h>

/*
 * Starts the witness. All signals must be blocked, and stay so until witness_end, because the
 * witness inherits that. Returns 0 or -errno; without a witness witness_has_had returns 0. One at
 * a time.
 */
int witness_start(void);

/*
 * Whether the signal that was just received was also sent to the group: 1 or 0; 0 also if the
 * witness does not answer. One delivery to the group accounts for one signal. If the sender is in
 * our group, and so may be about to signal the group, waits up to 10 ms for that.
 */
int witness_has_had(int number, const siginfo_t *info);

/* Notes that the child `pid` was reaped: if it was the witness, its id may be reused. */
void witness_reaped(pid_t pid);

/* Ends the witness, if there is one. */
void witness_end(void);

#endif
