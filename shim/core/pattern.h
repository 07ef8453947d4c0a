/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_PATTERN_H
#define NOCLOBBER_CORE_PATTERN_H

/*
 * Path patterns: the language of NOCLOBBER_PROTECT and NOCLOBBER_ALLOW.
 *
 *   *       any characters but `/`
 *   ?       one character but `/`
 *   **      any characters, `/` too; `**` between slashes any number of directories, none included
 *   [a-z]   one character of a set, never `/`; [!a-z] or [^a-z] one that is not of it
 *   \x      the character x itself
 *   /x      anchored at the root; any other pattern floats: it may begin at any component
 *   x/      that directory and everything below it
 *
 * A character is one of UTF-8, or one byte that is not UTF-8 (see utf8_decode), and equal to itself
 * alone: case matters, and no part of a pattern matches a part of a character.
 * Functions here are pure: async-signal-safe, no allocation, no errno.
 */

#include <stddef.h>

/* The longest pattern accepted, in bytes without the NUL: no path that could match is longer than
 * PATH_MAX. */
#define PATTERN_MAX 4095

/*
 * Says what is wrong with the pattern of `length` bytes at `pattern` (a NUL or a `:` must follow
 * them, and none of them may be a NUL): NULL when nothing is, else a phrase for a message that says
 * what would be right, in static storage. Wrong is also a pattern that guards nothing: one that could
 * never match a resolved path, such as a `.` component, and one with what a shell, an env file or
 * YAML was to take off (a control character; a blank or a quote at either end; `~/` or `$` in front).
 */
const char *pattern_fault(const char *pattern, size_t length);

/*
 * Whether `pattern` (NUL-terminated, without fault) matches `path` (absolute, resolved: no empty,
 * `.` or `..` component, no trailing slash): 1 or 0. Time is polynomial whatever the pattern, and
 * linear in the length of the path for patterns without a star.
 */
int pattern_match(const char *pattern, const char *path);

/*
 * Whether it matches `path` or what may be another spelling of it: 1 or 0. True of each path that
 * pattern_match says 1 of. Filesystems that fold names (ext4 with casefold, vfat, SMB) take letters in
 * another case for the same; beyond ASCII each has a table of its own (case, composed characters),
 * and this says 1 if in doubt.
 */
int pattern_match_alike(const char *pattern, const char *path);

#endif
