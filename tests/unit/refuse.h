/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_REFUSE_H
#define NOCLOBBER_TESTS_REFUSE_H

/* System calls that fail, in one thread: a seccomp filter (seccomp(2)) is a thread's own. */

/*
 * Runs `run` with `context` in a thread in which `calls`, the numbers up to the first 0, fail with
 * `error`, and waits for its end. Returns 1; or 0, after a line on stderr that says so, where there
 * are no filters: then nothing was run.
 */
int refuse_calls(const long *calls, int error, void (*run)(void *context), void *context);

#endif
