/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_VERIFY_VERIFY_H
#define NOCLOBBER_LAUNCHER_VERIFY_VERIFY_H

/* Verification: what happened to the protected files by means that the library cannot see. */

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
    CHANGE_FORGIVEN, /* to be removed by changes_settle */
};

/* What --restore did. */
enum change_back { CHANGE_LEFT, CHANGE_BACK, CHANGE_BACK_PARTLY, CHANGE_NOT_BACK };

struct seen; /* a file of the snapshot: launcher/verify/snapshot.h */

struct change {
    enum change_kind kind;
    const char *path; /* absolute; belongs to the snapshot */
    const struct seen *seen;
    int is_after_refusal; /* a rename onto it was refused */
    enum change_back back;
    char *beside; /* allocated, or NULL: path of the other version; of the original if NOT_BACK */
};

struct changes {
    struct change *list; /* sorted by path */
    size_t count;
};

/*
 * Takes a snapshot of the files that `policy` guards (PROTECT without ALLOW): for anchored
 * patterns below their literal part, for floating ones below the current directory. Symbolic
 * links are not followed, mounts are crossed. Logs and event files (NOCLOBBER_REPORT) of `policy`
 * and of outer runs are left out. Returns 0 and the snapshot in `*snapshot`, NULL for
 * OPTIONS_VERIFY_NONE; or -errno. Free with snapshot_free.
 */
int snapshot_take(const struct policy *policy, enum options_verify how, struct snapshot **snapshot);

/*
 * Compares the files with the snapshot and lists what changed. New files do not count, nor does
 * another mode, owner or number of links; a file that can no longer be read does. What is
 * compared:
 *   - device, inode and birth time, if the filesystem keeps them: on FUSE, overlayfs, FAT, 9p and
 *     SMB they change by themselves, and contents and times decide;
 *   - size and modification time;
 *   - contents, if the snapshot has them: with OPTIONS_VERIFY_HASH of all files, else of the
 *     first ones of a tree (up to 4,096 files of 64 MiB together) and of all that were written
 *     just before the snapshot;
 *   - the ctime of files that were not read: if it moved, but neither mode, owner nor links
 *     changed, the file counts as changed.
 * A NULL snapshot has no changes. Returns 0, or -errno. Free the list with changes_free.
 */
int snapshot_compare(const struct snapshot *snapshot, struct changes *changes);

/* Forgives the change of a path, whatever it is. */
void changes_forgive(struct changes *changes, const char *path);

/*
 * Forgives the change of a path if the file there is the one that an allowed or audited rename
 * left, and nobody has written to it since. After a move across filesystems, the program made a
 * copy: then size and modification time must be the source's, to two seconds (for a symbolic
 * link, any time, because few programs copy it).
 */
void changes_forgive_left(struct changes *changes, const char *path,
                          const struct event_state *left);

/*
 * Forgives files that were only moved: a protected file that was removed from where `before` saw
 * it, and that has, with the contents it had, a name that `policy` guards and that it did not
 * have before. A name that it had before (a hard link) does not count. If a pattern floats, also
 * looks outside the snapshot's directories, on the same filesystem: in the directories around,
 * nearest first, among the first 100,000 files. Also forgives removals of what no pattern names:
 * a policy that guards every destination does not say what must stay. Returns 0, or -errno.
 */
int changes_forgive_moves(const struct policy *policy, const struct snapshot *before,
                          struct changes *changes);

/*
 * Marks the change of a path onto which a rename was refused: most likely the program then
 * copied.
 */
void changes_mark_refused(struct changes *changes, const char *path);

/* Removes forgiven changes from the list. */
void changes_settle(struct changes *changes);

/*
 * Returns the path of the first directory (or, with hashes, file) that could not be read for the
 * snapshot, which belongs to it, or NULL; `*count` is how many there are. Accepts NULL.
 */
const char *snapshot_blind_spot(const struct snapshot *snapshot, size_t *count);

/* Frees the list and its strings. An all-zero list may be freed too. */
void changes_free(struct changes *changes);

/* Frees the snapshot, which changes point into. Accepts NULL. */
void snapshot_free(struct snapshot *snapshot);

#endif
