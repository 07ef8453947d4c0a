/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H
#define NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H

/*
 * The contents of a snapshot, for snapshot.c, which takes it, and changes.c and moves.c, which
 * compare it.
 */

#include <stdint.h>

#include "launcher/verify/facts.h"
#include "launcher/verify/verify.h"

/* One file. Files of one directory are adjacent. */
struct seen {
    char *path;       /* absolute */
    unsigned name;    /* where its last component begins */
    struct facts now; /* as the snapshot found it */
};

/* Memory for paths, which stay where they are. */
struct chunk;

struct snapshot {
    enum options_verify how;
    char *here; /* the working directory, which may be gone when the snapshot is compared */
    struct seen *list;
    size_t count;
    size_t room;
    struct chunk *chunks;
    size_t files_read; /* for other reasons than OPTIONS_VERIFY_HASH */
    uint64_t bytes_read;
    char *blind_spot; /* path of the first, or NULL */
    size_t blind_spots;
};

/* Returns the change of `path` in the list, or NULL. */
struct change *changes_find(const struct changes *changes, const char *path);

#endif
