/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H
#define NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H

/* What a snapshot holds: for snapshot.c, which takes it, and changes.c, which compares it. */

#include <stdint.h>

#include "launcher/verify/hash.h"
#include "launcher/verify/verify.h"

/* What is known of a file. */
struct facts {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t modified; /* nanoseconds */
    int64_t born;     /* nanoseconds, 0 where the filesystem does not say */
    int is_hashed;
    unsigned char digest[HASH_SIZE];
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
    char *blind_spot; /* the first of them, or NULL */
    size_t blind_spots;
};

/*
 * Looks at the file that `name` is below `dirfd`: a symbolic link itself, never what it points to.
 * Its target is always hashed, the contents of a regular file when `how` says so and they can be
 * read. Returns 0, or -errno.
 */
int snapshot_look(int dirfd, const char *name, enum options_verify how, struct facts *facts);

/* The change of `path`, in the list; NULL: there is none. */
struct change *changes_find(const struct changes *changes, const char *path);

#endif
