/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_ANCHOR_H
#define NOCLOBBER_LAUNCHER_SETTINGS_ANCHOR_H

/*
 * Converts a pattern that a person writes into one that core/pattern.h matches against real
 * paths.
 *
 * A relative pattern with a `/` in it is anchored at a directory; one without, or one that begins
 * with a double star and a slash, floats and is not changed. The literal components at the
 * beginning are resolved as a shell does: `.` and `..` are walked, symbolic links followed. The
 * last component is the name of a destination and is not resolved, unless a `/` follows it.
 * Components that do not exist keep their names.
 */

#include <stddef.h>

/*
 * Anchors `pattern` at `directory` (absolute, without symbolic links) and writes the result to
 * `out`: a valid pattern without an unescaped `:`. Returns 0, or -EINVAL with a phrase in
 * `*fault`, in static storage, that says what would be right.
 */
int anchor_pattern(const char *pattern, const char *directory, char *out, size_t size,
                   const char **fault);

/*
 * Whether a value looks like a mistake: a quote at an end, or a leading `~` or `$`, that no shell
 * has removed. (pattern_fault detects that in a whole pattern; an anchored one begins with a
 * directory.) Returns a phrase in static storage, or NULL.
 */
const char *anchor_fault(const char *value);

/* What is wrong with the name of a directory as a pattern of --protect. */
#define ANCHOR_DIRECTORY                                                                           \
    "is a directory, and nothing in it would be protected; write '/' after it, or '**/' before "   \
    "it for files of that name anywhere"

/*
 * Whether `pattern` (relative to `directory` unless absolute) is the name of an existing
 * directory without the '/' that would protect what is in it: 1 or 0. A symbolic link is not a
 * directory.
 */
int anchor_is_directory(const char *pattern, const char *directory);

#endif
