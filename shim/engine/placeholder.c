/* SPDX-License-Identifier: MIT */
/*
 * Invariant: of those that keep to this, only who holds the lock of the directory that is at the
 * destination renames over it. Its maker has the name before the lock, so that another may take it
 * in between; then the maker finds it locked, or something else there, and has lost.
 */
#include "engine/placeholder.h"

#include <errno.h>
#include <sys/file.h>

/* A directory that its owner can list and never enter: nobody makes such a one for a purpose. (More
 * than permissions of the owner is lost to the umask, or to FUSE servers.) Filesystems without modes
 * lose the mark, and what is left there stays. */
#define MODE 0600

int placeholder_is(const struct file *file)
{
    return file_is(file, S_IFDIR) && (file->mode & 07777) == MODE;
}

/* Whether the open directory is still the one at the destination, and has the mark where `is_marked`
 * asks for it: 0, or -EEXIST. */
static int check(const struct call *call, int fd, int is_marked, char *buffer)
{
    struct file opened;
    struct file now;

    if (file_look_open(call->sys, fd, &opened) < 0 ||
        file_look_afresh(call->sys, call->destination_dirfd, call->destination, buffer, &now) < 0 ||
        !file_is_same_inode(&opened, &now) || (is_marked && !placeholder_is(&opened)))
        return -EEXIST;
    return 0;
}

static int open_it(const struct call *call)
{
    return sys_openat(call->sys, call->destination_dirfd, call->destination,
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
}

int placeholder_make(const struct call *call, char *buffer)
{
    const struct sys *const sys = call->sys;
    int result = sys_mkdirat(sys, call->destination_dirfd, call->destination, MODE);
    int fd;

    if (result < 0)
        return result;
    fd = open_it(call);
    if (fd < 0) {
        if (fd == -EACCES) /* a umask that takes the mark away, too */
            return PLACEHOLDER_UNLOCKED;
        sys_unlinkat(sys, call->destination_dirfd, call->destination, AT_REMOVEDIR);
        return fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP ? -EEXIST : -EOPNOTSUPP;
    }
    result = sys_flock(sys, fd, LOCK_EX | LOCK_NB);
    if (result == 0)
        result = check(call, fd, 0, buffer);
    if (result == 0)
        return fd;
    sys_close(sys, fd);
    return result == -EWOULDBLOCK || result == -EEXIST ? -EEXIST : PLACEHOLDER_UNLOCKED;
}

int placeholder_take(const struct call *call, char *buffer)
{
    const int fd = open_it(call);

    if (fd < 0)
        return -EEXIST;
    if (sys_flock(call->sys, fd, LOCK_EX | LOCK_NB) == 0 && check(call, fd, 1, buffer) == 0)
        return fd;
    sys_close(call->sys, fd);
    return -EEXIST;
}

void placeholder_unlock(const struct call *call, int lock)
{
    if (lock >= 0)
        sys_close(call->sys, lock);
}
