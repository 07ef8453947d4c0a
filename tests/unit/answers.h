/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_ANSWERS_H
#define NOCLOBBER_TESTS_ANSWERS_H

/* What a function under test says on stdout. */

/* From now on stdout is kept. */
void answers_begin(void);

/* Gives stdout back, and returns what was written to it, in static storage. */
const char *answers_end(void);

#endif
