/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_PATTERN_H
#define NOCLOBBER_CORE_PATTERN_H

/*
 * Path patterns: the language of NOCLOBBER_PROTECT and NOCLOBBER_ALLOW.
 *
 *   *       zero or more characters except `/`
 *   ?       one character except `/`
 *   **      zero or more characters, `/` too; between slashes, zero or more directories
 *   [a-z]   one character of a set, never `/`; [!a-z] or [^a-z] one that is not in it
 *   \x      the character x itself
 *   /x      anchored at the root; any other pattern floats: it may begin at any component
 *   x/      that directory and everything below it
 *
 * A character is a UTF-8 character, or one byte that is not UTF-8 (see utf8_decode). Case matters,
 * and no part of a pattern matches part of a character.
 * Functions here are pure: async-signal-safe, no allocation, no errno.
 */

#include <stddef.h>

/* The longest pattern, in bytes without the NUL: paths are at most PATH_MAX bytes long. */
#define PATTERN_MAX 4095

/*
 * Checks the pattern of `length` bytes at `pattern`. None of them may be a NUL, and a NUL or a `:`
 * must follow them. Returns NULL if it is valid; else a phrase for a message, in static storage,
 * that says what is wrong and what would be right.
 *
 * A pattern that would guard nothing is invalid, too: one that can never match a resolved path (a
 * `.` component), and one with something that a shell, an env file or YAML should have removed (a
 * control character; a blank or a quote at either end; `~/` or `$` at the start).
 */
const char *pattern_fault(const char *pattern, size_t length);

/*
 * Whether `pattern` (NUL-terminated, valid) matches `path` (absolute, resolved: no empty, `.` or
 * `..` component, no trailing slash): 1 or 0. Time is polynomial for any pattern, and linear in the
 * length of the path for patterns without a star.
 */
int pattern_match(const char *pattern, const char *path);

/*
 * Whether `pattern` matches `path` or a possible other spelling of it: 1 or 0; 1 whenever
 * pattern_match returns 1. Filesystems that fold names (ext4 with casefold, vfat, SMB) ignore the
 * case of letters. Beyond ASCII each has its own table (case, composed characters): this function
 * has none, and returns 1 if in doubt.
 */
int pattern_match_alike(const char *pattern, const char *path);

#endif
