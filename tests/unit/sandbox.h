/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_SANDBOX_H
#define NOCLOBBER_TESTS_SANDBOX_H

/*
 * A directory of files to play with. The functions that make files fail the test when they cannot;
 * those that look at files never do.
 */

#include <stddef.h>

/* Makes and removes the directory that holds those of all tests of one program. */
void sandbox_create(void);
void sandbox_destroy(void);

/* Changes to a new empty directory: the fixture of every test. */
void sandbox_enter(void);

/* The absolute path of the current sandbox, without symbolic links. */
const char *sandbox_path(void);

/* Writes the absolute path of `name` in the current sandbox to `out`, and returns `out`. */
char *sandbox_name(const char *name, char *out, size_t size);

/* Puts the sandbox's absolute path in for each `@`. Returns storage that lasts until the next call
 * but one. */
const char *sandbox_expand(const char *text);

void put_file(const char *name, const char *content);
void put_link(const char *name, const char *target);
void put_directory(const char *name);

/* Whether a regular file of that name has exactly this content: 1 or 0. */
int file_holds(const char *name, const char *content);

/* Whether there is anything of that name, a dangling link too: 1 or 0. */
int is_there(const char *name);

int is_directory(const char *name);

/* Whether two names are one inode: 1 or 0. */
int is_one_inode(const char *one, const char *other);

/* Whether any regular file below the current directory has exactly this content: 1 or 0. */
int is_kept(const char *content);

/* How many names the directory has, `.` and `..` not counted; -1 for no directory. */
int count_names(const char *directory);

/* How many descriptors this process has open. */
int count_descriptors(void);

/* Empties the current directory. */
void sweep(void);

#endif
