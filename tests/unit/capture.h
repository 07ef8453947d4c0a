/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_CAPTURE_H
#define NOCLOBBER_TESTS_CAPTURE_H

/* What a function under test says on stdout or stderr. Both may be captured at one time. */

/* From now on what goes to `fd`, STDOUT_FILENO or STDERR_FILENO, is kept. */
void capture_begin(int fd);

/* Gives `fd` back, and returns what was written to it, in storage that the next capture of `fd`
   overwrites. */
const char *capture_end(int fd);

#endif
