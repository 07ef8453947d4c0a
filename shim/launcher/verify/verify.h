/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_VERIFY_H
#define NOCLOBBER_LAUNCHER_VERIFY_VERIFY_H

/* A look at the protected files before the run and after it: what changed by means that the
 * library cannot see. */

#include <stddef.h>

#include "core/policy.h"
#include "launcher/options.h"

struct snapshot; /* opaque */

enum change_kind {
    CHANGE_REPLACED,  /* another file has the name */
    CHANGE_TRUNCATED, /* the same file, shorter */
    CHANGE_CHANGED,   /* the same file: size, time of modification or, with hashes, contents */
    CHANGE_REMOVED,
};

struct change {
    enum change_kind kind;
    const char *path; /* absolute, of the snapshot's storage */
};

struct changes {
    struct change *list; /* sorted by path */
    size_t count;
};

/*
 * Takes a snapshot of the files that `policy` guards (PROTECT without ALLOW): of anchored patterns
 * below their literal part, of floating ones below the current directory. Symbolic links are not
 * followed, mounts are crossed. The policy's log is left out. Returns 0 and the snapshot, NULL for
 * OPTIONS_VERIFY_NONE; or -errno.
 */
int snapshot_take(const struct policy *policy, enum options_verify how, struct snapshot **snapshot);

/*
 * Looks again and lists what is different; new files are fine, and so are another mode, owner or
 * number of links. A file that was written in the very moment of the snapshot is compared by its
 * contents as well; one that can no longer be looked at counts as changed. A NULL snapshot has no
 * changes. Returns 0, or -errno. Free the list with changes_free.
 */
int snapshot_compare(const struct snapshot *snapshot, struct changes *changes);

/* Takes a path out of the list: for what an event of verdict `allowed` or `audited` explains. */
void changes_forgive(struct changes *changes, const char *path);

/*
 * Takes out of the list what was only moved: a protected file that is removed from where `before`
 * saw it, and that `policy` guards under a new name. Where the policy guards every destination and
 * nothing by name, removals are no changes at all: no library sees the move of a source, and nobody
 * said what is to stay. Looks again at everything, where it must. Returns 0, or -errno.
 */
int changes_forgive_moves(const struct policy *policy, const struct snapshot *before,
                          struct changes *changes);

/* What could not be looked at when the snapshot was taken: a directory (or, with hashes, a
 * file) that can't be read. Returns the first one's path, of the snapshot's storage, or NULL;
 * `*count` is how many there are. Takes NULL. */
const char *snapshot_blind_spot(const struct snapshot *snapshot, size_t *count);

/* How many files are watched. Takes NULL. */
size_t snapshot_count(const struct snapshot *snapshot);

void changes_free(struct changes *changes);
void snapshot_free(struct snapshot *snapshot);

#endif
