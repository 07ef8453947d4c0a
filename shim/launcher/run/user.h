/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_USER_H
#define NOCLOBBER_LAUNCHER_RUN_USER_H

/*
 * --user: a process that was started as root acts as another user from the start, and becomes root
 * again only while it seals files. One user per process.
 */

#include <stddef.h>

/*
 * Becomes the user `name` of /etc/passwd: real and effective user and group ids, the groups of
 * /etc/group, and HOME, SHELL, USER and LOGNAME, as runuser(1) sets them. Root stays the saved
 * user id. Returns 0, or -errno with one clause in `reason`, of `size` bytes, that says why not
 * and what would be right.
 */
int user_become(const char *name, char *reason, size_t size);

/* Becomes root again, if user_become was called. Returns 0 or -errno. */
int user_regain(void);

/* Becomes the user for good, if user_become was called. Returns 0 or -errno. */
int user_drop(void);

#endif
