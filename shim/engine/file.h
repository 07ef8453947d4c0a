/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_FILE_H
#define NOCLOBBER_ENGINE_FILE_H

/*
 * The state of the files at the two ends of a rename. Like rename(2), these functions take a
 * symbolic link at the last component as the file, and do not follow it.
 *
 * Conventions: functions return 0 or -errno unless a comment says otherwise, allocate nothing and
 * are async-signal-safe. `dirfd` is a descriptor or AT_FDCWD.
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
    long long changed;  /* the same, st_ctim */
    int is_mounted;     /* a mount point (Linux 5.8; 0 on older kernels) */
    int is_immutable;   /* or append-only: chattr(1) */
};

/* lstat(2) of `path` without its trailing slashes, into `*file`. `buffer` is working space of the
 * caller's, PATH_RESOLVED_MAX bytes. Errors: -ENAMETOOLONG, and those of statx(2). */
int file_look(const struct sys *sys, int dirfd, const char *path, char *buffer, struct file *file);

/* The same, bypassing the caches of network filesystems and FUSE: AT_STATX_FORCE_SYNC, statx(2). */
int file_look_afresh(const struct sys *sys, int dirfd, const char *path, char *buffer,
                     struct file *file);

/* The same of an open file: fstat(2). */
int file_look_open(const struct sys *sys, int fd, struct file *file);

/* Whether `file` is of `type`, one of S_IFREG, S_IFDIR, S_IFLNK …: 1 or 0. Pure. */
int file_is(const struct file *file, unsigned type);

/* Whether two files are on one device: 1 or 0. Pure. */
int file_is_same_device(const struct file *one, const struct file *other);

/* Whether two files are one inode of one device: 1 or 0. Pure. */
int file_is_same_inode(const struct file *one, const struct file *other);

/* Whether the directory at `path` is empty: 1, 0, or -errno of openat(2) or getdents64(2).
 * `entries` is working space of the caller's, `size` bytes, at least 1 KiB. */
int file_is_empty_directory(const struct sys *sys, int dirfd, const char *path, void *entries,
                            size_t size);

/* Whether the directory, an absolute path without symbolic links, lists exactly `name`: 1, 0 or
 * -errno as above. `entries` as above. */
int file_is_listed(const struct sys *sys, const char *directory, const char *name, void *entries,
                   size_t size);

/* Whether both are the same inode with the same size, mode, owner, group and times: 1 or 0.
 * Pure. */
int file_is_unchanged(const struct file *before, const struct file *now);

#endif
