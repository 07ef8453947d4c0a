/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_COVERAGE_H
#define NOCLOBBER_TESTS_COVERAGE_H

/* Included first in code whose lines are counted: libgcov writes its counts in exit(3) and most of exec(3), and the tracer ends
 * without the first, the command's process goes on by another one. */

#include <unistd.h>

void __gcov_dump(void);

#define _exit(status) (__gcov_dump(), _exit(status))
#define execvpe(file, arguments, environment) (__gcov_dump(), execvpe(file, arguments, environment))

#endif
