/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_USER_H
#define NOCLOBBER_LAUNCHER_RUN_USER_H

/*
 * --user: a process that was started as root acts for another user from the start, and can become root again for as
 * long as it takes to seal files. One user in a process.
 */

#include <stddef.h>

/*
 * Becomes the user `name` of /etc/passwd: user and group as real and effective ids, the groups of /etc/group, and HOME, SHELL,
 * USER and LOGNAME, as runuser(1) sets them. Root stays the saved user id. Returns 0, or -errno and in `reason` one clause that
 * says why not and what would be right.
 */
int user_become(const char *name, char *reason, size_t size);

/* Becomes root again, where user_become was called. Returns 0 or -errno. */
int user_regain(void);

/* Becomes the user for good, where user_become was called. Returns 0 or -errno. */
int user_drop(void);

#endif
