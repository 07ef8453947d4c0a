/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_POLICY_FILE_H
#define NOCLOBBER_LAUNCHER_SETTINGS_POLICY_FILE_H

/*
 * The form of a policy file: one setting a line, the name of a long option without its dashes and,
 * behind blanks or a `=`, its value, blanks within kept. Lines that are empty or begin with `#` say
 * nothing; a line may end in CR LF. What the names and values mean is the caller's affair.
 */

/* One line, taken apart. Strings live as long as the call that gets them. */
struct policy_line {
    const char *where; /* "FILE:LINE", for messages */
    const char *name;
    const char *value; /* NULL: there is none */
};

/*
 * Reads the file at `path` and calls `take` for each setting, until it returns anything but 0, which
 * is then returned. Else 0, -ENOMEM, or -errno or -EINVAL after a line on stderr: a file that can't be read, one
 * that is no text. A file is at most 1 MiB.
 */
int policy_file_read(const char *path, int (*take)(const struct policy_line *line, void *context),
                     void *context);

#endif
