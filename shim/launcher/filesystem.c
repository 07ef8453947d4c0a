/* SPDX-License-Identifier: MIT */
#include "launcher/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/sys.h"
#include "launcher/kernel.h"

/* The results of a test: 0 or -errno each. */
struct trial {
    int made;      /* creating the directory and the files */
    int onto_none; /* exclusive rename to a free name */
    int onto_file; /* exclusive rename to a taken name: -EEXIST is right */
    int linked;
};

static int put_file(int dirfd, const char *name)
{
    const int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd < 0 ? -errno : 0;
}

static void try_calls(int dirfd, struct trial *trial)
{
    trial->made = put_file(dirfd, "a");
    if (trial->made == 0)
        trial->made = put_file(dirfd, "b");
    if (trial->made < 0)
        return;
    trial->onto_file = sys_renameat2(&kernel_sys, dirfd, "a", dirfd, "b", RENAME_NOREPLACE);
    trial->linked = linkat(dirfd, "b", dirfd, "c", 0) < 0 ? -errno : 0;
    trial->onto_none = sys_renameat2(&kernel_sys, dirfd, "b", dirfd, "d", RENAME_NOREPLACE);
}

static void try_below(const char *path, struct trial *trial)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    const int dirfd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    trial->made = dirfd < 0 ? -errno : 0;
    if (dirfd < 0)
        return;
    try_calls(dirfd, trial);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlinkat(dirfd, names[i], 0);
    close(dirfd);
}

static void try_in(const char *directory, struct trial *trial)
{
    char path[PATH_MAX];
    sigset_t all;
    sigset_t before;
    const int length = snprintf(path, sizeof path, "%s/.noclobber-doctor.XXXXXX", directory);

    memset(trial, 0, sizeof *trial);
    trial->made = length < (int)sizeof path ? 0 : -ENAMETOOLONG;
    if (trial->made < 0)
        return;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    if (mkdtemp(path)) {
        try_below(path, trial);
        rmdir(path);
    } else {
        trial->made = -errno;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

int filesystem_on_smb(const char *directory)
{
    struct statfs facts;
    unsigned long type;

    if (statfs(directory, &facts) < 0)
        return 0;
    type = (unsigned long)facts.f_type & 0xFFFFFFFF;
    return type == CIFS_SUPER_MAGIC || type == SMB2_SUPER_MAGIC;
}

int filesystem_try(const char *directory)
{
    struct trial trial;

    try_in(directory, &trial);
    if (trial.made < 0)
        return trial.made;
    /* The library does not use the flag on SMB: engine/filesystem.h. */
    if (filesystem_on_smb(directory))
        return trial.linked == 0 ? FILESYSTEM_LINKS : FILESYSTEM_NEITHER;
    if (trial.onto_file == 0)
        return FILESYSTEM_IGNORES;
    if (trial.onto_none == 0 && trial.onto_file == -EEXIST)
        return FILESYSTEM_EXCLUSIVE;
    return trial.linked == 0 ? FILESYSTEM_LINKS : FILESYSTEM_NEITHER;
}

int filesystem_ask(const char *directory)
{
    static const unsigned long known[] = {EXT4_SUPER_MAGIC,      XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                                          OVERLAYFS_SUPER_MAGIC, TMPFS_MAGIC,     F2FS_SUPER_MAGIC};
    struct statfs facts;

    /* Two empty paths give ENOENT if the call reaches the kernel. */
    if (sys_renameat2(&kernel_sys, AT_FDCWD, "", AT_FDCWD, "", RENAME_NOREPLACE) == -ENOENT &&
        statfs(directory, &facts) == 0)
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (((unsigned long)facts.f_type & 0xFFFFFFFF) == known[i])
                return FILESYSTEM_EXCLUSIVE;
    return filesystem_try(directory);
}
