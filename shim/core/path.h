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
 * Resolves a path as the calling thread would: writes the absolute path of its parent directory,
 * symbolic links resolved, a slash and the last component as given, to `out`, NUL-terminated.
 * `dirfd` is a descriptor, or AT_FDCWD.
 *
 * The answer is the kernel's own name for that directory: the path's own words below the working
 * directory (getcwd(2)) where openat2(2) finds no symbolic link on the way (Linux 5.6), else
 * readlink(2) of /proc/thread-self/fd/N, proc(5).
 *
 * Errors: -EINVAL for a last component that is no name; -ENOENT where /proc is needed and is not
 * there, and where the working directory has no name from here (outside the root, or deleted; a
 * directory by descriptor then has the name that proc(5) gives it); -ENAMETOOLONG; -EMFILE and
 * whatever else open(2) says.
 */
int path_resolve(const struct sys *sys, int dirfd, const char *path, char *out, size_t size);

/* ---- its steps ---- */

/* Room for "/proc/thread-self/fd/2147483647". */
#define PATH_PROC_NAME_MAX 40

/* Writes "/proc/thread-self/ENTRY" with its leading slash in `entry`, or with `pid`
 * "/proc/PID/ENTRY", and, where it is not negative, `number` behind it. */
void path_proc_name(char out[PATH_PROC_NAME_MAX], int pid, const char *entry, int number);

/* Reads the directory behind such a link, as an absolute path, to `out`. -ENOENT when it has no
 * name from here. */
int path_read_directory(const struct sys *sys, int pid, const char *entry, int number, char *out,
                        size_t size);

/* Reads the name of the open directory `fd` to `out`, and closes it. */
int path_read_descriptor(const struct sys *sys, int fd, char *out, size_t size);

/* Copies the words of the parent directory to `out`: "" when there are none. -EINVAL when the last
 * component is no name. */
int path_take_parent(const char *path, char *out, size_t size);

/* Puts a slash and the last component of `path` behind the directory in `out`. */
int path_append_last(const char *path, char *out, size_t size);

#endif
