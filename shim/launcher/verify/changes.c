/* SPDX-License-Identifier: MIT */
/*
 * What counts: the file (device, inode), its size, its time of modification, and what has been
 * hashed. Not the mode, the owner or ctime, which a chmod or a further link move; not the time of
 * birth alone, which overlayfs moves with them.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"

/* Returned for no change. */
#define UNCHANGED (-1)

/* ---- one file ---- */

static int is_other_content(const struct facts *before, const struct facts *after)
{
    return before->is_hashed &&
           (!after->is_hashed || memcmp(before->digest, after->digest, HASH_SIZE) != 0);
}

static int is_other_file(const struct facts *before, const struct facts *after)
{
    return before->device != after->device || before->inode != after->inode;
}

/* A freed inode number is soon given out again: the time of birth tells the two files apart. */
static int difference(const struct facts *before, const struct facts *after)
{
    const int is_other = is_other_file(before, after);

    if (!is_other && before->size == after->size && before->modified == after->modified &&
        !is_other_content(before, after))
        return UNCHANGED;
    if (is_other || before->born != after->born)
        return CHANGE_REPLACED;
    return after->size < before->size ? CHANGE_TRUNCATED : CHANGE_CHANGED;
}

/* What can't be looked at any more is not known to be as it was. */
static int look_again(int dirfd, const struct seen *seen)
{
    const enum options_verify how = seen->now.is_hashed ? OPTIONS_VERIFY_HASH : OPTIONS_VERIFY_STAT;
    struct facts after;
    int result;

    if (dirfd < 0)
        result = dirfd;
    else
        result = snapshot_look(dirfd, seen->path + seen->name, how, &after);
    if (result == -ENOENT || result == -ENOTDIR)
        return CHANGE_REMOVED;
    return result < 0 ? CHANGE_CHANGED : difference(&seen->now, &after);
}

/* ---- one directory ---- */

/* Opens the directory that a file was seen in: a descriptor, or -errno. */
static int open_directory(const struct seen *seen)
{
    char directory[PATH_MAX + 1];
    size_t length;
    int fd;

    if (seen->name > PATH_MAX)
        return -ENAMETOOLONG;
    /* Without its last slash, which one of 4095 bytes has no room for. */
    length = seen->name > 1 ? seen->name - 1 : 1;
    memcpy(directory, seen->path, length);
    directory[length] = '\0';
    fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int is_beside(const struct seen *one, const struct seen *other)
{
    return one->name == other->name && memcmp(one->path, other->path, one->name) == 0;
}

/* ---- the list ---- */

static int add_change(struct changes *changes, int kind, const char *path)
{
    /* Room doubles whenever the count is a power of two. */
    if ((changes->count & (changes->count - 1)) == 0) {
        struct change *const list =
            reallocarray(changes->list, changes->count ? 2 * changes->count : 1, sizeof *list);

        if (!list)
            return -ENOMEM;
        changes->list = list;
    }
    changes->list[changes->count].kind = (enum change_kind)kind;
    changes->list[changes->count].path = path;
    changes->count++;
    return 0;
}

static int compare_paths(const void *left, const void *right)
{
    const struct change *const one = left;
    const struct change *const other = right;

    return strcmp(one->path, other->path);
}

/* Compares the files from `first` on that are in one directory; returns how many, or -errno. */
static long compare_directory(const struct snapshot *snapshot, size_t first,
                              struct changes *changes)
{
    const struct seen *const seen = &snapshot->list[first];
    const size_t left = snapshot->count - first;
    const int dirfd = open_directory(seen);
    int result = 0;
    size_t i;

    for (i = 0; i < left && is_beside(seen, &seen[i]) && result == 0; i++) {
        const int kind = look_again(dirfd, &seen[i]);

        if (kind != UNCHANGED)
            result = add_change(changes, kind, seen[i].path);
    }
    if (dirfd >= 0)
        close(dirfd);
    return result < 0 ? result : (long)i;
}

int snapshot_compare(const struct snapshot *snapshot, struct changes *changes)
{
    const size_t count = snapshot ? snapshot->count : 0;
    long done;

    memset(changes, 0, sizeof *changes);
    for (size_t i = 0; i < count; i += (size_t)done) {
        done = compare_directory(snapshot, i, changes);
        if (done < 0) {
            changes_free(changes);
            return (int)done;
        }
    }
    if (changes->count > 1)
        qsort(changes->list, changes->count, sizeof *changes->list, compare_paths);
    return 0;
}

struct change *changes_find(const struct changes *changes, const char *path)
{
    const struct change key = {CHANGE_REPLACED, path};

    return changes->count ? bsearch(&key, changes->list, changes->count, sizeof key, compare_paths)
                          : NULL;
}

void changes_forgive(struct changes *changes, const char *path)
{
    struct change *const found = changes_find(changes, path);

    if (!found)
        return;
    changes->count--;
    memmove(found, found + 1, (size_t)(changes->list + changes->count - found) * sizeof *found);
}

void changes_free(struct changes *changes)
{
    free(changes->list);
    changes->list = NULL;
    changes->count = 0;
}
