/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_PATH_H
#define NOCLOBBER_CORE_PATH_H

/*
 * Paths as rename(2) sees them: a parent directory, whose symbolic links count, and a last
 * component, which is taken as given.
 *
 * Conventions: functions return 0 or -errno, allocate nothing, leave errno alone, and are
 * async-signal-safe. A `path` is a NUL-terminated string that the kernel has already accepted; it
 * is read, never kept.
 */

#include <stddef.h>

#include "core/sys.h"

/* Room for a resolved path: what the kernel prints of a directory (PATH_MAX), a slash, a name
 * (NAME_MAX), a NUL. */
#define PATH_RESOLVED_MAX (4096 + 1 + 255 + 1)

enum path_last {
    PATH_LAST_NAME, /* an ordinary name */
    PATH_LAST_DOT,  /* `.`, `..`, or no component at all ("/"): rename(2) answers EBUSY */
};

/* Where the parts of a path are: bytes [0, parent) name the parent, [name, name + length) are the
 * last component. */
struct path_parts {
    size_t parent; /* 0: the path has no slash before its last component */
    size_t name;
    size_t length;
    enum path_last last;
    int has_trailing_slash;
};

/* Takes `path` apart. Pure. */
struct path_parts path_split(const char *path);

/*
 * Copies `path` without its trailing slashes to `out`, so that lstat(2) sees the last component
 * itself where "link/" would be followed. The root stays "/". -ENAMETOOLONG when `size` bytes do
 * not hold it.
 */
int path_strip(const char *path, char *out, size_t size);

/*
 * Opens the parent directory of a path as the calling thread would find it, and names that
 * directory: what is judged by its name is then renamed in the same directory, whatever becomes of
 * a symbolic link on the way. `dirfd` is a descriptor or AT_FDCWD.
 *
 * `*parent` is an O_PATH descriptor that the caller gives to path_release; or AT_FDCWD for a path
 * that is a name in the working directory, which needs none. `out` is the absolute path of that
 * directory, without symbolic links, a slash, and the last component as given.
 *
 * The name is the kernel's: the path's own words below the root or the working directory
 * (getcwd(2)) if openat(2) finds no symbolic link among them, else readlink(2) of
 * /proc/thread-self/fd/N, proc(5).
 *
 * Errors: -EINVAL if the last component is `.`, `..` or missing; -ENOENT if /proc is needed and not
 * there, or if the directory has no name from here (outside the root, or deleted); -ENAMETOOLONG;
 * -EMFILE and other errors of openat(2). Then nothing is held.
 */
int path_hold(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
              int *parent);

/* Opens the parent directory as path_hold does, without its name. `buffer` holds its words: the
 * caller's, `size` bytes. */
int path_open_parent(const struct sys *sys, int dirfd, const char *path, char *buffer, size_t size,
                     int *parent);

/* Closes what path_hold or path_open_parent opened. */
void path_release(const struct sys *sys, int parent);

/* Names the path as path_hold does, and holds nothing. */
int path_resolve(const struct sys *sys, int dirfd, const char *path, char *out, size_t size);

/* ---- its steps ---- */

/* Room for "/proc/thread-self/fd/2147483647". */
#define PATH_PROC_NAME_MAX 40

/* Writes "/proc/thread-self/ENTRY" to `out`, or "/proc/PID/ENTRY" if `pid` is not 0. `entry` begins
 * with a slash. `number` is appended unless it is negative. */
void path_proc_name(char out[PATH_PROC_NAME_MAX], int pid, const char *entry, int number);

/* Reads the absolute path of the directory that such a link leads to. -ENOENT if it has no name
 * from here. */
int path_read_directory(const struct sys *sys, int pid, const char *entry, int number, char *out,
                        size_t size);

/* Copies the words of the parent directory to `out`: "" when there are none. -EINVAL when the last
 * component is no name. */
int path_take_parent(const char *path, char *out, size_t size);

/* Puts a slash and the last component of `path` behind the directory in `out`. */
int path_append_last(const char *path, char *out, size_t size);

#endif
