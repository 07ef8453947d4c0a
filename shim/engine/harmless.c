/* SPDX-License-Identifier: MIT */
#include "engine/harmless.h"

#include <errno.h>
#include <string.h>

#include "engine/filesystem.h"

/* ---- paths ---- */

/* Whether the resolved path `inner` is below the directory `outer`. */
static int is_below(const char *inner, const char *outer)
{
    while (*outer != '\0' && *outer == *inner) {
        outer++;
        inner++;
    }
    return *outer == '\0' && *inner == '/';
}

int harmless_is_into_itself(struct collision *collision)
{
    return collision->source_seen == 0 && file_is(&collision->source, S_IFDIR) &&
           collision_resolve(collision) == 0 &&
           is_below(collision->scratch->destination, collision->scratch->source);
}

/* Whether both paths are one directory entry: as written, or after resolving the parents. */
static int is_same_entry(struct collision *collision)
{
    const struct call *const call = collision->call;

    if (call->source_dirfd == call->destination_dirfd &&
        strcmp(call->source, call->destination) == 0)
        return 1;
    return collision_resolve(collision) == 0 &&
           strcmp(collision->scratch->source, collision->scratch->destination) == 0;
}

/* Whether both are in one directory, by their resolved paths. */
static int is_one_parent(const struct collision *collision)
{
    const char *const source = collision->scratch->source;
    const char *const destination = collision->scratch->destination;
    const size_t length = path_split(source).name;

    return length == path_split(destination).name && memcmp(source, destination, length) == 0;
}

/* ---- another spelling of the same name ---- */

static int is_listed(struct collision *collision, const char *directory, const char *name)
{
    struct scratch *const scratch = collision->scratch;

    return file_is_listed(collision->call->sys, directory, name, scratch->large.entries,
                          sizeof scratch->large.entries);
}

/*
 * Whether only the spelling of a name changes, in a directory that folds names: `Readme` to
 * `README`. There both names lead to one entry, so plain rename replaces nothing. The directory
 * folds names if it lists only one of them although both are one inode. (The listing is needed:
 * with FUSE servers that merge filesystems, two files of a directory may have one inode number.)
 */
static int is_change_of_spelling(struct collision *collision)
{
    char *const source = collision->scratch->source;
    const char *const other = collision->scratch->destination;
    char *name;
    size_t length;
    int is_it;

    if (collision_resolve(collision) < 0 || !is_one_parent(collision))
        return 0;
    length = path_split(source).name;
    name = source + length;
    name[-1] = '\0';
    is_it = is_listed(collision, name - 1 == source ? "/" : source, name) +
                is_listed(collision, name - 1 == source ? "/" : source, other + length) ==
            1;
    name[-1] = '/';
    return is_it;
}

/* ---- two names of one file ---- */

/*
 * Inode numbers identify files, except on filesystems that show the numbers of others (FUSE,
 * overlayfs, 9p, SMB): two files may have one number there. Then everything else must be equal,
 * too, and the program's own call decides: it does nothing for one file, and gives EXDEV for two.
 */
static int answer_links(struct collision *collision)
{
    const struct call *const call = collision->call;
    char *const buffer = collision->scratch->path;

    if (collision->source.device_major != 0 || !filesystem_borrows_numbers(call, buffer))
        return 0;
    if (file_look_afresh(call->sys, call->source_dirfd, call->source, buffer, &collision->source) <
            0 ||
        file_look_afresh(call->sys, call->destination_dirfd, call->destination, buffer,
                         &collision->destination) < 0 ||
        !file_is_unchanged(&collision->source, &collision->destination) ||
        collision->source.links != collision->destination.links)
        return HARMLESS_NO;
    return HARMLESS_OWN_CALL;
}

/* POSIX: renaming a file onto itself does nothing and succeeds. A directory has only one name. */
static int answer_same_inode(struct collision *collision)
{
    /* Some FUSE clients cache link counts, so a count >= 2 under either name is enough. */
    const int has_links = !file_is(&collision->source, S_IFDIR) &&
                          (collision->source.links >= 2 || collision->destination.links >= 2);

    if (is_same_entry(collision))
        return 0;
    if (collision->destination.is_mounted) /* only rename sees the file below the mount */
        return HARMLESS_NO;
    if (is_change_of_spelling(collision))
        return HARMLESS_OWN_CALL;
    return has_links ? answer_links(collision) : HARMLESS_NO;
}

/* ---- permissions ---- */

/* The result of the kernel's may_delete for one end, for a user who is not root. Not by libc: under
 * a fake root files seem to have other owners. */
static int answer_permission_at(const struct call *call, int dirfd, const char *path,
                                const struct file *file, unsigned user, char *buffer)
{
    struct statx parent;

    if (path_take_parent(path, buffer, PATH_RESOLVED_MAX) < 0)
        return 0;
    if (buffer[0] == '\0')
        memcpy(buffer, ".", 2);
    if (sys_access_raw(call->sys, dirfd, buffer, 2 | 1) == -EACCES /* W_OK, X_OK */)
        return -EACCES;
    if (sys_statx_raw(call->sys, dirfd, buffer, &parent) == 0 && (parent.stx_mode & S_ISVTX) &&
        parent.stx_uid != user && file->owner != user)
        return -EPERM;
    return 0;
}

static int answer_permission(struct collision *collision)
{
    const struct call *const call = collision->call;
    char *const buffer = collision->scratch->path;
    long user;
    int result;

    if (collision->source.is_immutable || collision->destination.is_immutable)
        return -EPERM;
    if (call->sys->is_remote)
        return 0;
    user = sys_geteuid(call->sys);
    if (user <= 0)
        return 0;
    result = answer_permission_at(call, call->source_dirfd, call->source, &collision->source,
                                  (unsigned)user, buffer);
    if (result == 0)
        result = answer_permission_at(call, call->destination_dirfd, call->destination,
                                      &collision->destination, (unsigned)user, buffer);
    /* The kernel first checks whether the source is in the destination. */
    if (result < 0 && collision_resolve(collision) == 0 &&
        is_below(collision->scratch->source, collision->scratch->destination))
        return 0;
    return result;
}

/* A directory that moves to another parent must be writable itself, because its `..` changes. */
static int answer_move(struct collision *collision)
{
    const struct call *const call = collision->call;

    return !call->sys->is_remote && collision_resolve(collision) == 0 &&
                   !is_one_parent(collision) &&
                   !is_below(collision->scratch->source, collision->scratch->destination) &&
                   sys_access_raw(call->sys, call->source_dirfd, call->source, 2 /* W_OK */) ==
                       -EACCES
               ? -EACCES
               : HARMLESS_NO;
}

/* ---- all of them ---- */

int harmless_is_full_directory(struct collision *collision)
{
    const struct call *const call = collision->call;
    struct scratch *const scratch = collision->scratch;

    return file_is(&collision->destination, S_IFDIR) &&
           path_strip(call->destination, scratch->path, sizeof scratch->path) == 0 &&
           file_is_empty_directory(call->sys, call->destination_dirfd, scratch->path,
                                   scratch->large.entries, sizeof scratch->large.entries) == 0;
}

int harmless_answer(struct collision *collision)
{
    const struct file *const source = &collision->source;
    const struct file *const destination = &collision->destination;
    const int from_directory = file_is(source, S_IFDIR);
    int result;

    if (!from_directory && (collision->source_parts.has_trailing_slash ||
                            collision->destination_parts.has_trailing_slash))
        return -ENOTDIR;
    if (harmless_is_into_itself(collision))
        return -EINVAL;
    if (file_is_same_inode(source, destination)) {
        result = answer_same_inode(collision);
        if (result != HARMLESS_NO)
            return result;
    }
    result = answer_permission(collision);
    if (result < 0)
        return result;
    if (from_directory != file_is(destination, S_IFDIR))
        return from_directory ? -ENOTDIR : -EISDIR;
    /* A file that is a mount point may be sealed by noclobber(1): renaming onto it is a refusal. */
    if (source->is_mounted || (from_directory && destination->is_mounted))
        return -EBUSY;
    return from_directory ? answer_move(collision) : HARMLESS_NO;
}
