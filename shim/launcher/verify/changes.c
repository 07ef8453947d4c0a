/* SPDX-License-Identifier: MIT */
/* What counts as a change, and what does not: see snapshot_compare in verify.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"

/* Returned for no change. */
#define UNCHANGED CHANGE_FORGIVEN

/* Not in every version of linux/magic.h. */
#define EXFAT_MAGIC 0x2011BAB0
#define CIFS_MAGIC 0xFF534D42
#define SMB2_MAGIC 0xFE534D42

#define COPY_PRECISION (2 * FACTS_SECOND)

/* A file that is compared with its first facts. */
struct pair {
    int dirfd;
    const char *name;
    const struct facts *before;
    struct facts after;
    int wants_contents; /* contents that were read must still be readable */
};

/* ---- one file ---- */

/* Whether device, inode and birth time are stable on this filesystem. */
static int keeps_numbers(const struct pair *pair)
{
    const int fd = openat(pair->dirfd, pair->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct statfs found;
    int result = -1;

    if (fd >= 0) {
        result = fstatfs(fd, &found);
        close(fd);
    }
    if (result < 0)
        return 1;
    switch ((unsigned long)found.f_type & 0xFFFFFFFF) {
    case FUSE_SUPER_MAGIC:
    case OVERLAYFS_SUPER_MAGIC:
    case MSDOS_SUPER_MAGIC:
    case EXFAT_MAGIC:
    case V9FS_MAGIC:
    case CIFS_MAGIC:
    case SMB2_MAGIC: return 0;
    default: return 1;
    }
}

/* A freed inode number is soon reused; the birth time distinguishes the two files. */
static int has_other_numbers(const struct facts *before, const struct facts *after)
{
    return before->device != after->device || before->inode != after->inode ||
           (before->born != 0 && after->born != 0 && before->born != after->born);
}

/* A chmod, a chown or another link explains a ctime. */
static int is_explained(const struct facts *before, const struct facts *after)
{
    return before->mode != after->mode || before->owner != after->owner ||
           before->group != after->group || before->links != after->links;
}

/* Reads the file only if nothing else decides. */
static int has_other_contents(struct pair *pair)
{
    const struct facts *const before = pair->before;
    struct facts *const after = &pair->after;

    if (before->changed == after->changed && !before->is_suspect && !pair->wants_contents &&
        !after->is_read)
        return 0;
    if (before->is_read && S_ISREG(after->mode))
        facts_read(pair->dirfd, pair->name, after);
    if (before->is_read && after->is_read)
        return before->hash != after->hash;
    if (before->is_read && pair->wants_contents)
        return 1;
    return before->changed != after->changed && !is_explained(before, after);
}

static enum change_kind difference(struct pair *pair)
{
    const struct facts *const before = pair->before;
    const struct facts *const after = &pair->after;
    const int is_other = has_other_numbers(before, after);
    const enum change_kind kind = is_other ? CHANGE_REPLACED : CHANGE_CHANGED;

    if ((before->mode & S_IFMT) != (after->mode & S_IFMT) || (is_other && keeps_numbers(pair)))
        return CHANGE_REPLACED;
    if (before->size > after->size && !is_other)
        return CHANGE_TRUNCATED;
    if (before->size != after->size || before->modified != after->modified)
        return kind;
    return has_other_contents(pair) ? kind : UNCHANGED;
}

/* A file that can't be read any more counts as changed. */
static enum change_kind look_again(int dirfd, const struct seen *seen, enum options_verify how)
{
    struct pair pair = {
        .dirfd = dirfd,
        .name = seen->path + seen->name,
        .before = &seen->now,
        .wants_contents = how == OPTIONS_VERIFY_HASH,
    };
    const int result = dirfd < 0 ? dirfd : facts_look(dirfd, pair.name, &pair.after);

    if (result == -ENOENT || result == -ENOTDIR)
        return CHANGE_REMOVED;
    return result < 0 ? CHANGE_CHANGED : difference(&pair);
}

/* ---- one directory ---- */

/* Opens the directory of a file of the snapshot. Returns a descriptor, or -errno. */
static int open_directory(const struct seen *seen)
{
    char directory[PATH_MAX + 1];
    size_t length;
    int fd;

    if (seen->name > PATH_MAX)
        return -ENAMETOOLONG;
    /* Without the last slash, because a path of 4095 bytes has no room for it. */
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

static int add_change(struct changes *changes, enum change_kind kind, const struct seen *seen)
{
    /* Doubles the room whenever the count is a power of two. */
    if ((changes->count & (changes->count - 1)) == 0) {
        struct change *const list =
            reallocarray(changes->list, changes->count ? 2 * changes->count : 1, sizeof *list);

        if (!list)
            return -ENOMEM;
        changes->list = list;
    }
    changes->list[changes->count++] =
        (struct change){.kind = kind, .path = seen->path, .seen = seen};
    return 0;
}

static int compare_paths(const void *left, const void *right)
{
    const struct change *const one = left;
    const struct change *const other = right;

    return strcmp(one->path, other->path);
}

/* Compares the files from `first` on that are in one directory. Returns how many, or -errno. */
static long compare_directory(const struct snapshot *snapshot, size_t first,
                              struct changes *changes)
{
    const struct seen *const seen = &snapshot->list[first];
    const size_t left = snapshot->count - first;
    const int dirfd = open_directory(seen);
    int result = 0;
    size_t i;

    for (i = 0; i < left && is_beside(seen, &seen[i]) && result == 0; i++) {
        const enum change_kind kind = look_again(dirfd, &seen[i], snapshot->how);

        if (kind != UNCHANGED)
            result = add_change(changes, kind, &seen[i]);
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
    const struct change key = {.path = path};

    return changes->count ? bsearch(&key, changes->list, changes->count, sizeof key, compare_paths)
                          : NULL;
}

void changes_forgive(struct changes *changes, const char *path)
{
    struct change *const found = changes_find(changes, path);

    if (found)
        found->kind = CHANGE_FORGIVEN;
}

void changes_mark_refused(struct changes *changes, const char *path)
{
    struct change *const found = changes_find(changes, path);

    if (found)
        found->is_after_refusal = 1;
}

static int is_copy(const struct facts *source, const struct facts *now)
{
    const int64_t apart = now->modified - source->modified;

    return (source->mode & S_IFMT) == (now->mode & S_IFMT) && source->size == now->size &&
           (S_ISLNK(now->mode) || (apart < COPY_PRECISION && apart > -COPY_PRECISION));
}

void changes_forgive_left(struct changes *changes, const char *path, const struct event_state *left)
{
    struct change *const found = changes_find(changes, path);
    const struct facts before = {
        .device = (uint64_t)left->device_major << 32 | left->device_minor,
        .inode = left->inode,
        .size = left->size,
        .modified = left->modified,
        .changed = left->changed,
        .mode = left->mode,
        .owner = left->owner,
        .group = left->group,
        .links = left->links,
    };
    struct pair pair = {.dirfd = AT_FDCWD, .name = path, .before = &before};

    if (!found || facts_look(AT_FDCWD, path, &pair.after) < 0)
        return;
    if (left->inode == 0 ? is_copy(&before, &pair.after) : difference(&pair) == UNCHANGED)
        found->kind = CHANGE_FORGIVEN;
}

void changes_settle(struct changes *changes)
{
    size_t kept = 0;

    for (size_t i = 0; i < changes->count; i++)
        if (changes->list[i].kind != CHANGE_FORGIVEN)
            changes->list[kept++] = changes->list[i];
    changes->count = kept;
}

void changes_free(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free(changes->list[i].beside);
    free(changes->list);
    changes->list = NULL;
    changes->count = 0;
}
