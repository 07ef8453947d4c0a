/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_SLOW_PATTERN_H
#define NOCLOBBER_TESTS_SLOW_PATTERN_H

/* core/pattern.h and core/utf8.h once more, as obviously as can be and as slowly, to compare them with. Shares no code
 * with them. Not for several threads. */

#include <stddef.h>

/* The longest that are taken, in bytes without the NUL. */
#define SLOW_PATTERN_MAX 64
#define SLOW_PATH_MAX 96

/* The character at `bytes`, of which there are `size`, found by trying each length: its code, and `*length`. */
unsigned slow_character(const char *bytes, size_t size, size_t *length);

/* Whether the pattern has no fault: 1 or 0. */
int slow_pattern_is_valid(const char *pattern);

/* Whether a pattern without fault matches an absolute, resolved path: 1 or 0. */
int slow_pattern_matches(const char *pattern, const char *path);

#endif
