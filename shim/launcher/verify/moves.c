/* SPDX-License-Identifier: MIT */
/*
 * Files that are gone from where they were, but not gone: a rename to a free name loses nothing, and
 * the library has let it through without a word.
 */
#include <stdlib.h>
#include <string.h>

#include "launcher/verify/snapshot.h"

/* One file under two names is known by all of these: a freed inode number is soon given out again,
 * but not with the time of modification, which a rename leaves alone. */
static int compare_files(const void *left, const void *right)
{
    const struct facts *const one = &((const struct seen *)left)->now;
    const struct facts *const other = &((const struct seen *)right)->now;

    if (one->device != other->device)
        return one->device < other->device ? -1 : 1;
    if (one->inode != other->inode)
        return one->inode < other->inode ? -1 : 1;
    if (one->modified != other->modified)
        return one->modified < other->modified ? -1 : 1;
    return (one->size > other->size) - (one->size < other->size);
}

static int is_still_there(const struct snapshot *sorted, const struct seen *seen)
{
    return sorted->count != 0 &&
           bsearch(seen, sorted->list, sorted->count, sizeof *seen, compare_files) != NULL;
}

static size_t count_removed(const struct changes *changes)
{
    size_t count = 0;

    for (size_t i = 0; i < changes->count; i++)
        count += changes->list[i].kind == CHANGE_REMOVED;
    return count;
}

static void forgive_found(const struct snapshot *before, const struct snapshot *sorted,
                          struct changes *changes)
{
    for (size_t i = 0; i < before->count; i++) {
        const struct change *const change = changes_find(changes, before->list[i].path);

        if (change && change->kind == CHANGE_REMOVED && is_still_there(sorted, &before->list[i]))
            changes_forgive(changes, before->list[i].path);
    }
}

/* Whether nobody said by name that what is at `path` is to stay. */
static int is_unnamed(const struct policy *policy, const char *path)
{
    const char *const pattern = policy_decide(policy, path).pattern;

    return !pattern || strcmp(pattern, POLICY_EVERYTHING) == 0;
}

/* Where every destination is guarded, what nobody named may go: the source of a rename does. */
static void forgive_unnamed(const struct policy *policy, struct changes *changes)
{
    size_t kept = 0;

    for (size_t i = 0; i < changes->count; i++)
        if (changes->list[i].kind != CHANGE_REMOVED || !is_unnamed(policy, changes->list[i].path))
            changes->list[kept++] = changes->list[i];
    changes->count = kept;
}

int changes_forgive_moves(const struct policy *policy, const struct snapshot *before,
                          struct changes *changes)
{
    struct snapshot *now;
    int result;

    forgive_unnamed(policy, changes);
    if (!before || count_removed(changes) == 0)
        return 0;
    result = snapshot_take(policy, OPTIONS_VERIFY_STAT, &now);
    if (result < 0)
        return result;
    /* qsort(3) and bsearch(3) want a list where there are none in it too. */
    if (now->count > 0) {
        qsort(now->list, now->count, sizeof *now->list, compare_files);
        forgive_found(before, now, changes);
    }
    snapshot_free(now);
    return 0;
}
