/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_COVERAGE_H
#define NOCLOBBER_TESTS_COVERAGE_H

/* Included first in code whose lines are counted: libgcov writes its counts in exit(3), and the tracer ends without that. */

#include <unistd.h>

void __gcov_dump(void);

#define _exit(status) (__gcov_dump(), _exit(status))

#endif
