/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_MESSAGE_H
#define NOCLOBBER_LAUNCHER_MESSAGE_H

/* What the command says when something is wrong: one line on stderr, whatever bytes are in it. */

#include <stddef.h>

/* Writes "noclobber: WHERE 'value': what would be right"; with `value` NULL "noclobber: WHERE: …".
 * `where` and `value` are escaped as JSON, and a long value is shortened; of `expected`, which may quote a file's name,
 * only what is unprintable is escaped. */
void message_fault(const char *where, const char *value, const char *expected);

/* The same of the `length` bytes at `value`. */
void message_fault_part(const char *where, const char *value, size_t length, const char *expected);

#endif
