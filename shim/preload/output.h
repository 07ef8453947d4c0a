/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_OUTPUT_H
#define NOCLOBBER_PRELOAD_OUTPUT_H

/* Writing what the library has to say, without harm to its host. */

#include "core/sys.h"

/*
 * Writes `size` bytes to `fd` by one write(2). No result: what can't be written is lost, and changes
 * nothing. A pipe that nobody reads (SIGPIPE) or a limit on file size (SIGXFSZ) does not end the
 * host: both signals are blocked meanwhile, and taken off again if the write raised them.
 * Async-signal-safe, thread-safe.
 */
void output_write(const struct sys *sys, int fd, const char *bytes, size_t size);

#endif
