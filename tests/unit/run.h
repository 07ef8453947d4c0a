/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_RUN_H
#define NOCLOBBER_TESTS_RUN_H

/* The main() that all unit tests share. Each test runs in a process and in an empty directory of
 * its own. */

#include <check.h>

/* How many rows a table has, as tcase_add_loop_test wants it. */
#define ROWS(table) ((int)(sizeof(table) / sizeof *(table)))

/* Runs the tests that `add` adds to a case called `name`. Returns main's exit status: 0 or 1. */
int run_tests(const char *name, void (*add)(TCase *tcase));

/* Says on stderr why a test does nothing on this machine. */
void run_skip(const char *reason);

#endif
