/* SPDX-License-Identifier: MIT */
/*
 * Finds files that were moved: a rename to a free name loses nothing, and the library allows it
 * without an event. Looks for their new names in the tree, and in the directories around it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <fcntl.h>

#include "launcher/verify/scope.h"
#include "launcher/verify/snapshot.h"
#include "launcher/verify/walk.h"

/* How many files outside of the tree are examined. */
#define ELSEWHERE_MAX 100000

/* A file of the snapshot, and its change if it has one. */
struct entry {
    const struct seen *seen;
    struct change *change;
};

/* Sorted by file. */
struct entries {
    struct entry *list;
    size_t count;
};

struct search {
    struct scope scope;
    const struct policy *policy;
    enum options_verify how;
    struct entries removed;
    size_t found;
    struct entries before; /* all files of the snapshot; empty until needed */
    const struct snapshot *snapshot;
    const char *done; /* already searched, in the walk outside the tree */
    dev_t device;
    unsigned elsewhere;
};

/* ---- which file ---- */

/* These identify a file under any name. A rename keeps the modification time. */
static int compare_files(const struct facts *one, const struct facts *other)
{
    if (one->device != other->device)
        return one->device < other->device ? -1 : 1;
    if (one->inode != other->inode)
        return one->inode < other->inode ? -1 : 1;
    if (one->modified != other->modified)
        return one->modified < other->modified ? -1 : 1;
    return (one->size > other->size) - (one->size < other->size);
}

static int compare_entries(const void *left, const void *right)
{
    return compare_files(&((const struct entry *)left)->seen->now,
                         &((const struct entry *)right)->seen->now);
}

static void sort(struct entries *entries)
{
    if (entries->count > 1)
        qsort(entries->list, entries->count, sizeof *entries->list, compare_entries);
}

/* The index of the first entry that is not before `file`. */
static size_t find(const struct entries *entries, const struct facts *file)
{
    size_t low = 0;
    size_t high = entries->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_files(&entries->list[middle].seen->now, file) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int is_at(const struct entries *entries, size_t i, const struct facts *file)
{
    return i < entries->count && compare_files(&entries->list[i].seen->now, file) == 0;
}

/* ---- was it there before? ---- */

static int sort_before(struct search *search)
{
    const struct snapshot *const snapshot = search->snapshot;
    struct entries *const before = &search->before;

    before->list = reallocarray(NULL, snapshot->count + 1, sizeof *before->list);
    if (!before->list)
        return -ENOMEM;
    for (; before->count < snapshot->count; before->count++)
        before->list[before->count] = (struct entry){&snapshot->list[before->count], NULL};
    sort(before);
    return 0;
}

/* Whether the file had this name in the snapshot: 1, 0, or -ENOMEM. */
static int had_name(struct search *search, const struct seen *file, const char *path)
{
    const struct entries *const before = &search->before;

    if (!before->list && sort_before(search) < 0)
        return -ENOMEM;
    for (size_t i = find(before, &file->now); is_at(before, i, &file->now); i++)
        if (strcmp(before->list[i].seen->path, path) == 0)
            return 1;
    return 0;
}

/* ---- the walk ---- */

/*
 * FUSE and network filesystems rename a file that is removed while it is open, and remove it when
 * it is closed: such a name keeps nothing.
 */
static int is_doomed(const char *name)
{
    static const char *const starts[] = {".fuse_hidden", ".nfs", ".__afs"};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const size_t length = strlen(starts[i]);

        if (strncmp(name, starts[i], length) == 0 && name[length] != '\0' &&
            name[length + strspn(name + length, "0123456789abcdefABCDEF")] == '\0')
            return 1;
    }
    return 0;
}

static int has_its_contents(const struct search *search, const struct facts *before, int dirfd,
                            const char *name, struct facts *now)
{
    if (before->born != 0 && now->born != 0 && before->born != now->born)
        return 0;
    if (!before->is_read)
        return 1;
    if (S_ISREG(now->mode))
        facts_read(dirfd, name, now);
    return now->is_read ? now->hash == before->hash : search->how != OPTIONS_VERIFY_HASH;
}

/* One new name accounts for one missing name. */
static int forgive_one(struct search *search, int dirfd, const char *name, const char *path,
                       struct facts *now)
{
    for (size_t i = find(&search->removed, now); is_at(&search->removed, i, now); i++) {
        struct change *const change = search->removed.list[i].change;
        int had;

        if (change->kind != CHANGE_REMOVED)
            continue;
        had = had_name(search, change->seen, path);
        if (had != 0)
            return had < 0 ? had : 0;
        if (!has_its_contents(search, &change->seen->now, dirfd, name, now))
            return 0;
        change->kind = CHANGE_FORGIVEN;
        search->found++;
        return 0;
    }
    return 0;
}

static int is_found(void *context, int dirfd, const char *path, size_t length, const char *name)
{
    struct search *const search = context;
    struct facts now;

    (void)length;
    if (search->done && ++search->elsewhere > ELSEWHERE_MAX)
        return 1;
    if (policy_decide(search->policy, path).guard != POLICY_GUARDED ||
        is_doomed(strrchr(path, '/') + 1) || facts_look(dirfd, name, &now) < 0)
        return 0;
    return forgive_one(search, dirfd, name, path, &now);
}

static int enters(void *context, const char *directory)
{
    const struct search *const search = context;

    return scope_reaches(&search->scope, directory);
}

/* If a directory can't be read, its files count as removed. */
static void pass_by(void *context, const char *directory)
{
    (void)context;
    (void)directory;
}

static int search_tree(struct search *search)
{
    const struct walk walk = {enters, is_found, pass_by, search};
    int result = 0;

    for (size_t i = 0; i < search->scope.count && result == 0; i++)
        result = walk_tree(&walk, search->scope.roots[i]);
    return result;
}

/* ---- elsewhere ---- */

/* A rename can only have moved it there. */
static int enters_elsewhere(void *context, const char *directory)
{
    struct search *const search = context;
    struct stat facts;

    return strcmp(directory, search->done) != 0 && ++search->elsewhere <= ELSEWHERE_MAX &&
           lstat(directory, &facts) == 0 && facts.st_dev == search->device;
}

static int has_floating(const struct policy *policy)
{
    const char *pattern = policy->protect.first;

    for (size_t i = 0; i < policy->protect.count; i++) {
        if (pattern[0] != '/' && strcmp(pattern, POLICY_EVERYTHING) != 0)
            return 1;
        pattern += strlen(pattern) + 1;
    }
    return 0;
}

/* From the parent of the working directory up to the root of the filesystem. */
static int search_elsewhere(struct search *search)
{
    const struct walk walk = {enters_elsewhere, is_found, pass_by, search};
    char done[PATH_MAX];
    char around[PATH_MAX];
    struct stat facts;
    int result = 0;

    if (strlen(search->scope.here) >= sizeof around || stat(search->scope.here, &facts) < 0)
        return 0;
    search->device = facts.st_dev;
    search->done = done;
    memcpy(around, search->scope.here, strlen(search->scope.here) + 1);
    while (result == 0 && search->found < search->removed.count && around[1] != '\0') {
        char *const slash = strrchr(around, '/');

        memcpy(done, around, sizeof done);
        slash[slash == around] = '\0';
        if (stat(around, &facts) < 0 || facts.st_dev != search->device)
            break;
        result = walk_tree(&walk, around);
    }
    search->done = NULL;
    return result < 0 ? result : 0;
}

/* ---- all ---- */

/* Forgives removals of what no pattern names, and lists the others. Returns 0 or -ENOMEM. */
static int list_removed(struct search *search, struct changes *changes)
{
    struct entries *const removed = &search->removed;

    removed->list = reallocarray(NULL, changes->count + 1, sizeof *removed->list);
    if (!removed->list)
        return -ENOMEM;
    for (size_t i = 0; i < changes->count; i++) {
        struct change *const change = &changes->list[i];

        if (change->kind != CHANGE_REMOVED)
            continue;
        if (!scope_names(search->policy, change->path))
            change->kind = CHANGE_FORGIVEN;
        else
            removed->list[removed->count++] = (struct entry){change->seen, change};
    }
    sort(removed);
    return 0;
}

int changes_forgive_moves(const struct policy *policy, const struct snapshot *before,
                          struct changes *changes)
{
    struct search search = {.policy = policy, .snapshot = before};
    int result = before ? list_removed(&search, changes) : 0;

    if (result == 0 && search.removed.count > 0) {
        search.how = before->how;
        result = scope_begin(policy, before->here, &search.scope);
        if (result == 0)
            result = search_tree(&search);
        if (result == 0 && search.found < search.removed.count && has_floating(policy))
            result = search_elsewhere(&search);
        scope_free(&search.scope);
    }
    free(search.before.list);
    free(search.removed.list);
    return result;
}
