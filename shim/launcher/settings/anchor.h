/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_ANCHOR_H
#define NOCLOBBER_LAUNCHER_SETTINGS_ANCHOR_H

/*
 * From the pattern that a person writes to the one that core/pattern.h matches against real paths.
 *
 * A relative pattern with a `/` in it begins at a directory; one without, or one that begins with
 * a double star and a slash, floats and stays as it is. The literal components at the beginning
 * name directories as a shell would take them: `.` and `..` are walked, symbolic links followed.
 * The last component is a destination's name, taken as given, unless a `/` follows it. What is
 * not there yet keeps its name.
 */

#include <stddef.h>

/*
 * Anchors `pattern` at `directory` (absolute, without symbolic links) and writes the result to
 * `out`: a pattern without fault, no `:` in it without a backslash. Returns 0, or -EINVAL with
 * `*fault` set to a phrase that says what would be right, in static storage.
 */
int anchor_pattern(const char *pattern, const char *directory, char *out, size_t size,
                   const char **fault);

/* Why a value was hardly meant as it stands: a quote at an end, or a `~` or `$`, that nobody took away. (pattern_fault says
 * it of a whole pattern; an anchored one has a directory before it.) A phrase in static storage, or NULL. */
const char *anchor_fault(const char *value);

/* What is wrong with the name of a directory as a pattern of --protect. */
#define ANCHOR_DIRECTORY                                                                           \
    "is a directory, and nothing in it would be protected; write '/' after it, or '**/' before "   \
    "it for files of that name anywhere"

/* Whether `pattern` (below `directory` if it is relative) is the name of a directory that is there, without the '/' that
 * would protect what is in it: 1 or 0. A symbolic link is not a directory. */
int anchor_is_directory(const char *pattern, const char *directory);

#endif
