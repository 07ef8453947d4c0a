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

#endif
