/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_CAPTURE_H
#define NOCLOBBER_TESTS_CAPTURE_H

/* What a function under test says on stdout or stderr. */

/* From now on what goes to `fd`, STDOUT_FILENO or STDERR_FILENO, is kept. One at a time. */
void capture_begin(int fd);

/* Gives the descriptor back, and returns what was written to it, in static storage. */
const char *capture_end(void);

#endif
