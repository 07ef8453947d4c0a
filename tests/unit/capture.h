/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_CAPTURE_H
#define NOCLOBBER_TESTS_CAPTURE_H

/* What a function under test says on stderr. */

/* From now on stderr is kept. */
void capture_begin(void);

/* Gives stderr back, and returns what was written to it, in static storage. */
const char *capture_end(void);

#endif
