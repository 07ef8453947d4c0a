/* SPDX-License-Identifier: MIT */
/*
 * Invariant of the emulations: the destination's name is only created, by link or mkdir, which are
 * exclusive on every filesystem; and it is removed again only while it is known to be ours. A
 * process that is killed between two steps leaves both names for one inode, or an empty directory
 * at the destination, which blocks that name until somebody removes it. Nothing is lost. (Another
 * process cannot take the directory over: that needs a lock that all clients of a network
 * filesystem see, and flock(2) of a directory is local.)
 *
 * Limit: unlink(2) takes a name, not a file. A file that another process puts at the *source*
 * between our last check of it and unlinkat is removed. Sources are usually a program's own
 * temporary names; the destination has no such window.
 */
#include "engine/exclusive.h"

#include <errno.h>

/* ---- by the flag ---- */

/* Whether a seccomp filter forbids renameat2 itself: old container profiles answer unknown calls
 * with EPERM. Two empty paths give ENOENT if the call gets through. */
static int is_filtered(const struct sys *sys)
{
    return sys->path(SYS_renameat2, AT_FDCWD, (long)"", AT_FDCWD, (long)"", RENAME_NOREPLACE, 0) ==
           -EPERM;
}

int exclusive_error(const struct call *call, int error)
{
    switch (error) {
    case -EINVAL:
    case -ENOSYS:
    case -EOPNOTSUPP: return EXCLUSIVE_MISSING;
    case -ENOTEMPTY: return EXCLUSIVE_EXISTS; /* SMB, for a directory */
    case -EPERM: return is_filtered(call->sys) ? EXCLUSIVE_MISSING : error;
    default: return error;
    }
}

int exclusive_is_final(long error)
{
    switch (error) {
    case EXCLUSIVE_EXISTS:
    case -EXDEV:
    case -EINVAL:
    case -ENOSYS:
    case -EOPNOTSUPP:
    case -ENOTEMPTY:
    case -EPERM: return 0;
    default: return 1;
    }
}

/* ---- errors of other calls as errors of rename ---- */

/* Callers read EINVAL as "moved into itself" and ENOSYS as "no rename at all"; neither may leak
 * from the emulation. */
int exclusive_failure(int error)
{
    return error == -ENOSYS || error == -EINVAL ? -EOPNOTSUPP : error;
}

static int look_at_source(const struct call *call, char *buffer, struct file *file)
{
    return file_look_afresh(call->sys, call->source_dirfd, call->source, buffer, file);
}

static int look_at_destination(const struct call *call, char *buffer, struct file *file)
{
    return file_look_afresh(call->sys, call->destination_dirfd, call->destination, buffer, file);
}

/* ---- without the flag: directories ---- */

/* Whether a rename that failed was made all the same: a server's answer was lost. */
static int is_moved(const struct call *call, const struct file *source, char *buffer)
{
    struct file now;

    return look_at_destination(call, buffer, &now) == 0 && file_is_same_inode(&now, source);
}

/* Removes our empty directory. Returns 1 if it was still there and empty, so that nothing else was
 * in the way; else 0. */
static int remove_placeholder(const struct call *call)
{
    return sys_unlinkat(call->sys, call->destination_dirfd, call->destination, AT_REMOVEDIR) == 0;
}

/* Object stores refuse to rename over any directory; rclone says EEXIST then. */
static int emulate_directory(const struct call *call, const struct file *source, char *buffer)
{
    int result = sys_mkdirat(call->sys, call->destination_dirfd, call->destination, 0700);
    int is_ours;

    if (result < 0)
        return result == -ENOSYS ? -EOPNOTSUPP : result;
    result = sys_renameat2(call->sys, call->source_dirfd, call->source, call->destination_dirfd,
                           call->destination, 0);
    if (result == 0 || is_moved(call, source, buffer))
        return 0;
    is_ours = remove_placeholder(call);
    if (result == -ENOTEMPTY || result == -EEXIST)
        return is_ours ? -EOPNOTSUPP : EXCLUSIVE_EXISTS;
    return result;
}

/* ---- without the flag: everything else ---- */

/* Whether the destination's parent directory can be reached: 0 or -errno. */
static int look_at_parent(const struct call *call, char *buffer)
{
    struct statx facts;
    int result = path_take_parent(call->destination, buffer, PATH_RESOLVED_MAX);

    if (result == 0 && buffer[0] != '\0')
        result = sys_statx(call->sys, call->destination_dirfd, buffer, 0, &facts);
    return result;
}

/* Whether the filesystem forbids the destination's name (`a:b` on NTFS and FAT). Only mkdir(2)
 * tells, by EINVAL: a lookup fails with ENOENT, and link(2) with EPERM if there are no hard
 * links. */
static int is_forbidden_name(const struct call *call)
{
    const int result = sys_mkdirat(call->sys, call->destination_dirfd, call->destination, 0700);

    if (result == 0)
        remove_placeholder(call);
    return result == -EINVAL;
}

/* Turns an error of linkat into one of rename. Errors that mean "this link cannot be made" become
 * EOPNOTSUPP: after EXDEV, mv copies over the destination; after EPERM, Ruby does; and callers read
 * EINVAL as "moved into itself". */
static int link_error(const struct call *call, int error, char *buffer)
{
    struct file file;

    switch (error) {
    case -EPERM:
    case -EINVAL: return is_forbidden_name(call) ? -EINVAL : -EOPNOTSUPP;
    case -EMLINK:
    case -ENOSYS:
    case -EIO: return -EOPNOTSUPP;
    case -ENOENT: /* archivemount fails so although both ends are there */
        if (look_at_source(call, buffer, &file) == 0 && look_at_parent(call, buffer) == 0)
            return -EOPNOTSUPP;
        return error;
    default: return error;
    }
}

/* Whether a link that failed was made all the same: NFS sent the request twice, or a wait for a
 * FUSE server was interrupted. Then the file is at the destination and has one more link than
 * before. */
static int is_linked(const struct call *call, const struct file *source, char *buffer)
{
    struct file now;

    return look_at_destination(call, buffer, &now) == 0 && file_is_same_inode(&now, source) &&
           now.links > source->links;
}

/*
 * Removing the source failed with `error`. Removes our link again, if it is known to be ours:
 * another file may be there by now. (On FUSE servers that give each name an inode number this
 * cannot be known, and both names stay.)
 *
 * If the source is gone, another process renamed or removed it. If it removed it, the file has
 * fewer links than `ours->links`, the number with our link: our link is the last one, and the
 * rename counts as made. Returns 0 or the error for the program.
 */
static int take_back(const struct call *call, const struct file *ours, int error, char *buffer)
{
    struct file source;
    struct file link;
    const int seen = look_at_source(call, buffer, &source);
    const int is_there = seen == 0 && file_is_same_inode(&source, ours);

    if ((seen < 0 && seen != -ENOENT) || look_at_destination(call, buffer, &link) < 0 ||
        !file_is_same_inode(&link, ours))
        return exclusive_failure(error);
    if (!is_there && link.links < ours->links)
        return 0;
    sys_unlinkat(call->sys, call->destination_dirfd, call->destination, 0);
    return exclusive_failure(error);
}

/*
 * The second step, after the link was made: removes the source if it is still the file that was
 * linked. If the link is gone, another process has renamed or removed it after our rename
 * succeeded: the source is removed as well, unless it is the last link of the file.
 */
static int remove_source(const struct call *call, const struct file *source, char *buffer)
{
    struct file ours = *source;
    struct file linked;
    struct file now;
    int result = look_at_destination(call, buffer, &linked);
    const int is_moved_on = result == -ENOENT;

    ours.links++; /* with our link */
    if (result < 0 && !is_moved_on)
        return take_back(call, &ours, result, buffer);
    result = look_at_source(call, buffer, &now);
    if (result < 0)
        return take_back(call, &ours, result, buffer);
    if (!is_moved_on && file_is_same_inode(&now, &linked))
        ours = linked; /* two names of one file, whichever file we linked */
    else if (!file_is_same_inode(&now, source) || (is_moved_on && now.links < ours.links))
        return 0; /* another process put another file there: as if after our rename */
    result = sys_unlinkat(call->sys, call->source_dirfd, call->source, 0);
    return result < 0 ? take_back(call, &ours, result, buffer) : 0;
}

/* The error for a path with a trailing slash that is not a directory: ENOTDIR, after all others. */
static int slash_error(const struct call *call, char *buffer)
{
    struct file destination;
    int result = look_at_destination(call, buffer, &destination);

    if (result == 0)
        return EXCLUSIVE_EXISTS;
    if (result == -ENOENT)
        result = look_at_parent(call, buffer);
    return result < 0 ? exclusive_failure(result) : -ENOTDIR;
}

static int emulate_file(const struct call *call, const struct file *source, char *buffer)
{
    int result;

    if (path_split(call->source).has_trailing_slash ||
        path_split(call->destination).has_trailing_slash)
        return slash_error(call, buffer);
    result = sys_linkat(call->sys, call->source_dirfd, call->source, call->destination_dirfd,
                        call->destination);
    if (result < 0 && !is_linked(call, source, buffer))
        return link_error(call, result, buffer);
    return remove_source(call, source, buffer);
}

int exclusive_emulate(const struct call *call, char *buffer)
{
    struct file source;
    const int result = look_at_source(call, buffer, &source);

    if (result < 0)
        return exclusive_failure(result);
    if (file_is(&source, S_IFDIR))
        return emulate_directory(call, &source, buffer);
    return emulate_file(call, &source, buffer);
}
