/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_FILE_H
#define NOCLOBBER_ENGINE_FILE_H

/*
 * What lies at the two ends of a rename. A file is looked at as rename(2) takes it: the last
 * component itself, never what a symbolic link there points to.
 *
 * Conventions: 0 or -errno, nothing allocated, async-signal-safe.
 */

#include "core/path.h"
#include "core/sys.h"

struct file {
    unsigned long long inode;
    unsigned long long size; /* bytes */
    unsigned device_major;
    unsigned device_minor;
    unsigned links;
    unsigned mode; /* type and permissions, as st_mode */
    unsigned owner;
    unsigned group;
    long long modified; /* nanoseconds since the Epoch */
    long long changed;
    int is_mounted;   /* something is mounted here (Linux 5.8; else 0) */
    int is_immutable; /* or append-only: chattr(1) */
};

/* lstat(2) of `path`, its trailing slashes taken off. -ENAMETOOLONG for a path over PATH_MAX, or
 * what statx(2) says. `buffer` holds the path without them where there are any: PATH_RESOLVED_MAX
 * bytes, the caller's. */
int file_look(const struct sys *sys, int dirfd, const char *path, char *buffer, struct file *file);

/* The same, past what a network filesystem or a FUSE server's client remembers: AT_STATX_FORCE_SYNC. */
int file_look_afresh(const struct sys *sys, int dirfd, const char *path, char *buffer,
                     struct file *file);

/* fstat(2) of an open file. */
int file_look_open(const struct sys *sys, int fd, struct file *file);

/* Whether `file` is of `type`, one of S_IFREG, S_IFDIR, S_IFLNK …: 1 or 0. */
int file_is(const struct file *file, unsigned type);

/* Whether two files are on one device: 1 or 0. */
int file_is_same_device(const struct file *one, const struct file *other);

/* Whether two files are one inode of one device: 1 or 0. */
int file_is_same_inode(const struct file *one, const struct file *other);

/* Whether the directory at `path` has no entry: 1, 0, or -errno when it cannot be read. `entries`
 * are at least 1 KiB of the caller's. */
int file_is_empty_directory(const struct sys *sys, int dirfd, const char *path, void *entries,
                            size_t size);

/* Whether the directory, an absolute path without symbolic links, lists exactly this name: 1, 0, or
 * -errno if it cannot be read. `entries` as above. */
int file_is_listed(const struct sys *sys, const char *directory, const char *name, void *entries,
                   size_t size);

/* Whether two looks at one place saw the same inode with the same size, mode, owner, group and
 * times: 1 or 0. */
int file_is_unchanged(const struct file *before, const struct file *now);

#endif
