/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_VERIFY_H
#define NOCLOBBER_LAUNCHER_VERIFY_VERIFY_H

/* A look at the protected files before the run and after it: what changed by means that the
 * library cannot see. */

#include <stddef.h>

#include "core/event.h"
#include "core/policy.h"
#include "launcher/options.h"

struct snapshot; /* opaque */

enum change_kind {
    CHANGE_REPLACED,  /* another file has the name */
    CHANGE_TRUNCATED, /* the same file, shorter */
    CHANGE_CHANGED,   /* the same file: size, time of modification or contents */
    CHANGE_REMOVED,
    CHANGE_FORGIVEN, /* on its way out of the list */
};

/* What --restore has made of it. */
enum change_back { CHANGE_LEFT, CHANGE_BACK, CHANGE_BACK_PARTLY, CHANGE_NOT_BACK };

struct seen; /* a file of the snapshot: launcher/verify/snapshot.h */

struct change {
    enum change_kind kind;
    const char *path; /* absolute, of the snapshot's storage */
    const struct seen *seen;
    int is_after_refusal; /* a rename onto it was refused as well */
    enum change_back back;
    char *
        beside; /* allocated: where the other bytes are, after CHANGE_NOT_BACK the old ones; or NULL */
};

struct changes {
    struct change *list; /* sorted by path */
    size_t count;
};

/*
 * Takes a snapshot of the files that `policy` guards (PROTECT without ALLOW): of anchored patterns
 * below their literal part, of floating ones below the current directory. Symbolic links are not
 * followed, mounts are crossed. The logs and reports of the policy and of
 * outer ones are left out. Returns 0 and the snapshot, NULL for
 * OPTIONS_VERIFY_NONE; or -errno.
 */
int snapshot_take(const struct policy *policy, enum options_verify how, struct snapshot **snapshot);

/*
 * Looks again and lists what is different; new files are fine, and so are another mode, owner or
 * number of links. One that can no longer be looked at counts as changed. What tells:
 *   - device, inode and time of birth, where the filesystem keeps them: FUSE servers, overlayfs, FAT, 9p
 *     and SMB give a file other ones while nobody touches it, and there contents and times decide;
 *   - size and time of modification;
 *   - contents, if the snapshot has them: with OPTIONS_VERIFY_HASH of all files, else of the first ones
 *     of a tree (64 MiB, 4,096 files) and of all that were written in the very moment of the snapshot;
 *   - the ctime of what was not read: if it has moved, and neither mode, owner nor links have, the file
 *     counts as changed.
 * A NULL snapshot has no changes. Returns 0, or -errno. Free the list with changes_free.
 */
int snapshot_compare(const struct snapshot *snapshot, struct changes *changes);

/* Forgives the change of a path, whatever it is. */
void changes_forgive(struct changes *changes, const char *path);

/*
 * Forgives the change of a path if the file there is the one that a rename left which an exception or
 * an audit let through, and nobody has written to it since. Of a move across filesystems the program
 * made a copy: there size and time of modification must be the source's, to two seconds (to any of a
 * symbolic link, whose times few programs copy).
 */
void changes_forgive_left(struct changes *changes, const char *path,
                          const struct event_state *left);

/*
 * Forgives what was only moved: a protected file that is removed from where `before` saw it, and that
 * `policy` guards, with the contents it had, by a name that it did not have. A name that it had before
 * (a hard link) makes up for nothing. If a pattern floats, it is looked for as well outside of what the
 * snapshot looks at, on the same filesystem: in the directories around, from the nearest on, among the
 * first 100,000 files. Forgives removals of what no pattern names, too: a policy that guards every
 * destination does not say what is to stay. Returns 0, or -errno.
 */
int changes_forgive_moves(const struct policy *policy, const struct snapshot *before,
                          struct changes *changes);

/* Notes that a rename onto the path was refused. What changed it was a program that copies after that, most likely. */
void changes_mark_refused(struct changes *changes, const char *path);

/* Takes out of the list what was forgiven. */
void changes_settle(struct changes *changes);

/* What could not be looked at when the snapshot was taken: a directory (or, with hashes, a
 * file) that can't be read. Returns the first one's path, of the snapshot's storage, or NULL;
 * `*count` is how many there are. Takes NULL. */
const char *snapshot_blind_spot(const struct snapshot *snapshot, size_t *count);

/* A list that was never filled, and a NULL snapshot, may be freed too. */
void changes_free(struct changes *changes);
void snapshot_free(struct snapshot *snapshot);

#endif
