/* SPDX-License-Identifier: MIT */
/*
 * Invariant of the emulations: the destination's name is only ever created (link, mkdir), which the
 * kernel does exclusively on every filesystem, and only removed again while it is known to be our
 * own. A process that is killed between two steps leaves both names on one inode, or beside the source an
 * empty directory, which blocks its name until somebody removes it: nothing is lost. (To take it over
 * would need a lock that all clients of a network filesystem see. flock(2) of a directory is local.)
 *
 * What it cannot do: unlink(2) takes a name and not a file, so that a file which somebody puts at
 * the *source* between our last look at it and unlinkat goes with it. Sources are a program's own
 * temporary names; the destination has no such window.
 */
#include "engine/exclusive.h"

#include <errno.h>

/* ---- by the flag ---- */

/* Whether renameat2 itself is forbidden: old container profiles answer EPERM to calls that they do
 * not know. Two empty paths are ENOENT wherever the call exists. */
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
    case -ENOTEMPTY: return -EEXIST; /* SMB says so of a directory */
    case -EPERM: return is_filtered(call->sys) ? EXCLUSIVE_MISSING : error;
    default: return error;
    }
}

int exclusive_is_final(long error)
{
    switch (error) {
    case -EEXIST:
    case -EXDEV:
    case -EINVAL:
    case -ENOSYS:
    case -EOPNOTSUPP:
    case -ENOTEMPTY:
    case -EPERM: return 0;
    default: return 1;
    }
}

/* ---- what other calls say, as rename would ---- */

/* Callers read EINVAL as "moved into itself" and ENOSYS as "no rename at all". */
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

/* Whether the rename was done though it says otherwise: the answer was lost on its way. */
static int is_moved(const struct call *call, const struct file *source, char *buffer)
{
    struct file now;

    return look_at_destination(call, buffer, &now) == 0 && file_is_same_inode(&now, source);
}

/* Removes our empty directory. Returns 1 if it was still there, so that nothing else was in the way. */
static int remove_placeholder(const struct call *call)
{
    return sys_unlinkat(call->sys, call->destination_dirfd, call->destination, AT_REMOVEDIR) == 0;
}

/* Object stores refuse to rename over any directory, rclone with EEXIST. */
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
        return is_ours ? -EOPNOTSUPP : -EEXIST;
    return result;
}

/* ---- without it: everything else ---- */

/* Looks for the directory that is to hold the destination: 0, or why it cannot. */
static int look_at_parent(const struct call *call, char *buffer)
{
    struct statx facts;
    int result = path_take_parent(call->destination, buffer, PATH_RESOLVED_MAX);

    if (result == 0 && buffer[0] != '\0')
        result = sys_statx(call->sys, call->destination_dirfd, buffer, 0, &facts);
    return result;
}

/* Whether the filesystem allows no such name (NTFS, FAT: `a:b`): then mkdir(2) says EINVAL, too. A
 * lookup of it says ENOENT, and link(2) EPERM if there are no links. */
static int is_forbidden_name(const struct call *call)
{
    const int result = sys_mkdirat(call->sys, call->destination_dirfd, call->destination, 0700);

    if (result == 0)
        remove_placeholder(call);
    return result == -EINVAL;
}

/* linkat's error as one of rename's. Those that mean "no such link can be made" become EOPNOTSUPP:
 * to EXDEV mv and its like answer with a copy over the destination, Ruby also to EPERM; and they read
 * EINVAL as a directory moved into itself. */
static int link_error(const struct call *call, int error, char *buffer)
{
    struct file file;

    switch (error) {
    case -EPERM:
    case -EINVAL: return is_forbidden_name(call) ? -EINVAL : -EOPNOTSUPP;
    case -EMLINK:
    case -ENOSYS:
    case -EIO: return -EOPNOTSUPP;
    case -ENOENT: /* archivemount says so although everything is there */
        if (look_at_source(call, buffer, &file) == 0 && look_at_parent(call, buffer) == 0)
            return -EOPNOTSUPP;
        return error;
    default: return error;
    }
}

/* Whether the link was made though linkat says otherwise: NFS asked a second time, a wait for a FUSE
 * server was interrupted. The file then has one more link than it had, and one is there. */
static int is_linked(const struct call *call, const struct file *source, char *buffer)
{
    struct file now;

    return look_at_destination(call, buffer, &now) == 0 && file_is_same_inode(&now, source) &&
           now.links > source->links;
}

/*
 * The source could not be removed, or so it was said. While it is there, our link is taken back, if it is
 * known to be ours: another's file may lie there by now. (On FUSE servers that number names, not
 * files, that can't be known, and both names stay.) A source that is gone may have been taken by
 * another racer, or removed: in the second case the file has a link less than the `ours->links` that
 * it had with ours, which is all that is left of it, and the rename counts as done.
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
 * The second half, once the link is there: removes the source, if it is still the file that was
 * linked. A link that is gone was moved on or removed by somebody else already: it had succeeded, and
 * the source goes, too, unless it is all that is left of the file.
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
        ours = linked; /* two names of one file, whichever it was that we linked */
    else if (!file_is_same_inode(&now, source) || (is_moved_on && now.links < ours.links))
        return 0; /* somebody put another file there: as if after our rename */
    result = sys_unlinkat(call->sys, call->source_dirfd, call->source, 0);
    return result < 0 ? take_back(call, &ours, result, buffer) : 0;
}

/* What is no directory cannot be named with a slash: but that comes last. */
static int slash_error(const struct call *call, char *buffer)
{
    struct file destination;
    int result = look_at_destination(call, buffer, &destination);

    if (result == 0)
        return -EEXIST;
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
