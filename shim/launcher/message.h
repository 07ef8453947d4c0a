/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_MESSAGE_H
#define NOCLOBBER_LAUNCHER_MESSAGE_H

/* Error messages of the command: one line on stderr. */

#include <stddef.h>

/*
 * Writes "noclobber: WHERE 'value': EXPECTED"; with `value` NULL "noclobber: WHERE: EXPECTED".
 * `where` and `value` are escaped as JSON and cut if they are long. In `expected`, which may quote
 * a file's name, only unprintable characters are escaped.
 */
void message_fault(const char *where, const char *value, const char *expected);

/* As message_fault, for the `length` bytes at `value`. */
void message_fault_part(const char *where, const char *value, size_t length, const char *expected);

#endif
