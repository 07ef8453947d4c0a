/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_POLICY_FILE_H
#define NOCLOBBER_LAUNCHER_SETTINGS_POLICY_FILE_H

/*
 * The syntax of a policy file: one setting per line, the name of a long option without its dashes
 * and, after blanks or a `=`, its value, which may contain blanks. Lines that are empty or begin
 * with `#` are ignored; a line may end in CR LF. The caller interprets names and values.
 */

/* One line. The strings are valid during the callback. */
struct policy_line {
    const char *where; /* "FILE:LINE", for messages */
    const char *name;
    const char *value; /* NULL: no value */
};

/*
 * Reads the file at `path`, at most 1 MiB, and calls `take` with `context` for each setting,
 * until it returns nonzero. Returns that value; 0 at the end of the file; -ENOMEM; or, after a
 * line on stderr, -errno if the file can't be read and -EINVAL if it is no text.
 */
int policy_file_read(const char *path, int (*take)(const struct policy_line *line, void *context),
                     void *context);

#endif
