/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_OUTPUT_H
#define NOCLOBBER_ENGINE_OUTPUT_H

/* Writing what the library has to say, without harm to its host. */

#include "core/sys.h"

/*
 * Writes `size` bytes to `fd` by one write(2). Returns 0, or -errno (-EIO for a part): what can't be
 * written is lost, and changes nothing. A pipe that nobody reads (SIGPIPE) or a limit on file size (SIGXFSZ) does not
 * end the host: both signals are blocked meanwhile, and taken off again if the write raised them.
 * Async-signal-safe, thread-safe.
 */
int output_write(const struct sys *sys, int fd, const char *bytes, size_t size);

/* Remembers which file standard error is, for output_stderr. For the constructor alone. */
void output_remember_stderr(const struct sys *sys);

/*
 * output_write to standard error: as it was when it was remembered, or whatever terminal, pipe or
 * socket has taken its place; but not to a regular file that has, because a program that closed its
 * standard error may have opened its data as descriptor 2 since. Async-signal-safe, thread-safe.
 */
void output_stderr(const struct sys *sys, const char *bytes, size_t size);

#endif
