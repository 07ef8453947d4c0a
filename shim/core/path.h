/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_PATH_H
#define NOCLOBBER_CORE_PATH_H

/*
 * Paths as rename(2) sees them: a parent directory, in which symbolic links are followed, and a
 * last component, in which they are not.
 *
 * Conventions: functions return 0 or -errno, allocate nothing, leave errno alone, and are
 * async-signal-safe. A `path` is a NUL-terminated string that the kernel has already accepted; it
 * is read, never kept.
 */

#include <stddef.h>

#include "core/sys.h"

/* Room for a resolved path: a directory as the kernel prints it (PATH_MAX), a slash, a name
 * (NAME_MAX) and a NUL. */
#define PATH_RESOLVED_MAX (4096 + 1 + 255 + 1)

enum path_last {
    PATH_LAST_NAME, /* an ordinary name */
    PATH_LAST_DOT,  /* `.`, `..`, or no component at all ("/"): rename(2) answers EBUSY */
};

/* Offsets into a path: bytes [0, name) are the parent directory, [name, name + length) the last
 * component. */
struct path_parts {
    size_t name;
    size_t length;
    enum path_last last;
    int has_trailing_slash;
};

/*
 * Whether rename(2) would read the string `path` at all, for a call that no kernel has read yet:
 * returns 0; -EFAULT for a bad pointer; -ENAMETOOLONG if it has PATH_MAX (4096) bytes or more, after
 * which it may have no NUL, path_resolution(7). Makes one system call: readlinkat(2) copies the
 * whole path before it does anything else.
 */
int path_check(const struct sys *sys, int dirfd, const char *path);

/* Splits `path`. Pure. */
struct path_parts path_split(const char *path);

/*
 * Copies `path` without its trailing slashes to `out`: lstat(2) follows "link/" but not "link". The
 * root stays "/". Returns 0, or -ENAMETOOLONG if `size` bytes cannot hold it.
 */
int path_strip(const char *path, char *out, size_t size);

/*
 * Opens the parent directory of `path` as the calling thread finds it, and resolves its path. A
 * rename that is judged by this path and made through this descriptor happens in the same
 * directory, even if a symbolic link on the way changes in between. `dirfd` is a descriptor or
 * AT_FDCWD.
 *
 * Sets `*parent` to an O_PATH descriptor, which the caller gives to path_release; or to AT_FDCWD if
 * `path` is a plain name in the working directory. Writes to `out` (`size` bytes) the absolute path
 * of that directory without symbolic links, a slash, and the last component as given.
 *
 * If no component of the parent is a symbolic link, which openat(2) with O_NOFOLLOW checks, its
 * path is the lexical one, below the root or getcwd(2). Otherwise it is readlink(2) of
 * /proc/thread-self/fd/N, proc(5).
 *
 * Returns 0 or -errno: -EINVAL if the last component is `.`, `..` or missing; -ENOENT if /proc is
 * needed and missing, or if the directory has no path from here (outside the root, or deleted);
 * -ENAMETOOLONG; -EMFILE and other errors of openat(2). On error nothing stays open.
 */
int path_hold(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
              int *parent);

/* ---- the two halves of path_hold ---- */

/* A lexical path in pieces: "/a/b/name", or "b/name" below the working directory. */
struct path_words {
    char *first;    /* written to, and restored, while directories are opened */
    char *last;     /* the slash in front of the last component */
    unsigned count; /* of components, the last one included */
};

/* With more directories than this, one open and one readlink in /proc are cheaper. */
#define PATH_WALK_MAX 6

/*
 * Writes the lexical absolute path of `path` to `out` and sets `*words`, which points into it. The
 * last component of `path` must be a name. Returns 0; -ENOTSUP for `..` and for a path relative to
 * a descriptor; -ENAMETOOLONG; or an error of getcwd(2). path_hold_resolved may still work then.
 */
int path_spell(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
               struct path_words *words);

/* How path_hold_words checks that no component is a symbolic link. */
enum path_proof {
    /* Opens each directory from the one before, so that the lexical path is the real path of the
     * result. openat2(2) would do this in one call, but a seccomp filter that allows rename may
     * kill the process for it (chronyd 4.3). */
    PATH_PROOF_OPENED,
    /* Calls statx(2) for each directory and opens the last one by its whole path: half the cost. If
     * another process exchanges a directory and a symbolic link in between, the result may be
     * another directory. For callers that replace nothing in it. */
    PATH_PROOF_SEEN,
};

/* Opens the parent directory of a lexical path. Sets `*parent` as path_hold does. Returns 0,
 * -ENOTDIR for a symbolic link, -ENOTSUP for too many directories, or an error of openat(2)
 * or statx(2). */
int path_hold_words(const struct sys *sys, const struct path_words *words, enum path_proof proof,
                    int *parent);

/* Does what path_hold does for any path, also through symbolic links: getcwd(2) or /proc gives the
 * real path. Same errors. */
int path_hold_resolved(const struct sys *sys, int dirfd, const char *path, char *out, size_t size,
                       int *parent);

/* Opens the parent directory as path_hold does, but does not resolve its path. `buffer` is working
 * space of the caller's, `size` bytes. Sets `*parent` as path_hold does. Returns 0, -EINVAL,
 * -ENAMETOOLONG or an error of openat(2). */
int path_open_parent(const struct sys *sys, int dirfd, const char *path, char *buffer, size_t size,
                     int *parent);

/* Closes a `*parent` of path_hold or path_open_parent; AT_FDCWD and -1 are ignored. */
void path_release(const struct sys *sys, int parent);

/* Resolves the path as path_hold does, and leaves nothing open. Same errors. */
int path_resolve(const struct sys *sys, int dirfd, const char *path, char *out, size_t size);

/* ---- its steps ---- */

/* Room for "/proc/thread-self/fd/2147483647". */
#define PATH_PROC_NAME_MAX 40

/* Writes "/proc/thread-self/ENTRY" to `out`, or "/proc/PID/ENTRY" if `pid` is not 0. `entry` begins
 * with a slash. `number` is appended unless it is negative. */
void path_proc_name(char out[PATH_PROC_NAME_MAX], int pid, const char *entry, int number);

/* Reads the absolute path of the directory that the link of path_proc_name leads to. Returns 0, or
 * -errno of readlink(2), -ENAMETOOLONG, or -ENOENT if the directory has no path from here. */
int path_read_directory(const struct sys *sys, int pid, const char *entry, int number, char *out,
                        size_t size);

/* Copies the parent directory's part of `path` to `out`, "" if there is none. Returns 0, -EINVAL if
 * the last component is `.`, `..` or missing, or -ENAMETOOLONG. */
int path_take_parent(const char *path, char *out, size_t size);

/* Appends a slash and the last component of `path` to the directory in `out`. Returns 0 or
 * -ENAMETOOLONG. */
int path_append_last(const char *path, char *out, size_t size);

#endif
