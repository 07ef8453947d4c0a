/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H
#define NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H

/* What a snapshot holds: for snapshot.c, which takes it, and changes.c, which compares it. */

#include <stdint.h>

#include "launcher/verify/verify.h"

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

/* One file. Those of one directory stand side by side. */
struct seen {
    char *path;       /* absolute */
    unsigned name;    /* where its last component begins */
    struct facts now; /* when the snapshot was taken */
};

/* Memory for paths, which stay where they are. */
struct chunk;

struct snapshot {
    enum options_verify how;
    struct seen *list;
    size_t count;
    size_t room;
    struct chunk *chunks;
    size_t files_read; /* without being asked to by OPTIONS_VERIFY_HASH */
    uint64_t bytes_read;
    char *blind_spot; /* the first of them, or NULL */
    size_t blind_spots;
};

/*
 * Looks at the file that `name` is below `dirfd`: a symbolic link itself, never what it points to.
 * Reads a link's target, but no contents. Without statx(2) (before Linux 4.11; container profiles of
 * that time answer EPERM) by fstatat(2), which knows no time of birth. Returns 0, or -errno.
 */
int snapshot_look(int dirfd, const char *name, struct facts *facts);

/* Reads the contents of a regular file that snapshot_look has described in `*facts`, for its hash.
 * Returns 0, or -errno and `is_read` 0. */
int snapshot_read(int dirfd, const char *name, struct facts *facts);

/* The change of `path`, in the list; NULL: there is none. */
struct change *changes_find(const struct changes *changes, const char *path);

#endif
