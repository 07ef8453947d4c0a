/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_RANDOM_NAME_H
#define NOCLOBBER_LAUNCHER_SUGGEST_RANDOM_NAME_H

/* Names as programs make them up: mkstemp(3), process ids, hashes. A guess, on the generous
 * side. Pure. */

#include <stddef.h>

/* Whether the component of `length` bytes has a run of letters and digits that looks random: 1
 * or 0. */
int random_name(const char *name, size_t length);

/* Whether it is one of the directories, `00` to `ff`, that files named by hashes are spread
 * over: 1 or 0. */
int random_name_is_shard(const char *name, size_t length);

/*
 * Writes the component as a pattern to `out` (2 * length + 1 bytes): special characters escaped,
 * control characters and bytes that are not UTF-8 as `?`, so that a terminal and a shell can take
 * it; with `is_general` what looks random as `*`, unless nothing else would be left. Returns the
 * length.
 */
size_t random_name_pattern(const char *name, size_t length, int is_general, char *out);

#endif
