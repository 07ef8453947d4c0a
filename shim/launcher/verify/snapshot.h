/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H
#define NOCLOBBER_LAUNCHER_VERIFY_SNAPSHOT_H

/* What a snapshot holds: for snapshot.c, which takes it, and changes.c, which compares it. */

#include <stdint.h>

#include "launcher/verify/facts.h"
#include "launcher/verify/verify.h"

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

/* The change of `path`, in the list; NULL if there is none. */
struct change *changes_find(const struct changes *changes, const char *path);

#endif
