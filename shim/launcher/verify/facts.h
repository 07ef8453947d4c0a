/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_FACTS_H
#define NOCLOBBER_LAUNCHER_VERIFY_FACTS_H

/* One look at one file. */

#include <stdint.h>

/* A second in the unit of all times here. */
#define FACTS_SECOND ((int64_t)1000000000)

/* What is known of a file. Times are in nanoseconds since the Epoch. */
struct facts {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t modified;
    int64_t changed; /* st_ctim: moves with contents, mode, owner, links and names */
    int64_t born;    /* 0: the filesystem does not say */
    uint32_t mode;   /* type and permissions */
    uint32_t owner;
    uint32_t group;
    uint32_t links;
    int is_read;    /* `hash` is of the contents, or of a symbolic link's target */
    int is_suspect; /* the times do not tell whether it changes from now on: contents must */
    uint64_t hash;
};

/*
 * Looks at the file that `name` is below `dirfd`: a symbolic link itself, never what it points to.
 * Reads a link's target, but no contents. Without statx(2) (before Linux 4.11; container profiles of
 * that time answer EPERM) by fstatat(2), which knows no time of birth. Returns 0, or -errno.
 */
int facts_look(int dirfd, const char *name, struct facts *facts);

/* Reads the contents of a regular file that facts_look has described in `*facts`, for its hash.
 * Returns 0, or -errno and `is_read` 0. */
int facts_read(int dirfd, const char *name, struct facts *facts);

#endif
