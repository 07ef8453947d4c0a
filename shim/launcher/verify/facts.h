/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_FACTS_H
#define NOCLOBBER_LAUNCHER_VERIFY_FACTS_H

/* The facts of one file. */

#include <stdint.h>

/* One second, in the unit of all times here. */
#define FACTS_SECOND ((int64_t)1000000000)

/* Facts of a file. Times are in nanoseconds since the Epoch. */
struct facts {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t modified;
    int64_t changed; /* st_ctim: moves with contents, mode, owner, links and names */
    int64_t born;    /* birth time; 0: unknown */
    uint32_t mode;   /* type and permissions */
    uint32_t owner;
    uint32_t group;
    uint32_t links;
    int is_read;    /* `hash` is of the contents, or of a symbolic link's target */
    int is_suspect; /* too recent for times to show the next change: compare contents */
    uint64_t hash;
};

/*
 * Reads the facts of the file `name` below `dirfd`; a symbolic link is not followed, and its
 * target is hashed, but no contents are. Without statx(2) (before Linux 4.11; container profiles
 * of that time answer EPERM) uses fstatat(2), which has no birth time. Returns 0, or -errno.
 */
int facts_look(int dirfd, const char *name, struct facts *facts);

/*
 * Reads the contents of a regular file that facts_look described in `*facts`, and sets `hash`.
 * Returns 0, or -errno with `is_read` 0.
 */
int facts_read(int dirfd, const char *name, struct facts *facts);

#endif
