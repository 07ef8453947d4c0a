/* SPDX-License-Identifier: MIT */
/*
 * Only a try tells: a filesystem may refuse the flag when the destination is absent, and answer
 * EEXIST all the same when it is not. The try is made in a new directory, with signals held back,
 * so that nothing stays.
 */
#include "launcher/doctor/checks.h"

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

/* ---- its name ---- */

static const struct {
    unsigned long magic;
    const char *name;
} types[] = {
    {EXT4_SUPER_MAGIC, "ext2/3/4"},
    {XFS_SUPER_MAGIC, "xfs"},
    {BTRFS_SUPER_MAGIC, "btrfs"},
    {TMPFS_MAGIC, "tmpfs"},
    {RAMFS_MAGIC, "ramfs"},
    {OVERLAYFS_SUPER_MAGIC, "overlayfs"},
    {NFS_SUPER_MAGIC, "nfs"},
    {FUSE_SUPER_MAGIC, "fuse"},
    {V9FS_MAGIC, "9p"},
    {CEPH_SUPER_MAGIC, "ceph"},
    {F2FS_SUPER_MAGIC, "f2fs"},
    {MSDOS_SUPER_MAGIC, "vfat"},
    {0x2011BAB0, "exfat"},
    {0x2FC12FC1, "zfs"},
    {0xFF534D42, "cifs"},
    {0xFE534D42, "smb"},
    {0x7366746E, "ntfs3"},
    {0x786F4256, "vboxsf"},
    {ECRYPTFS_SUPER_MAGIC, "ecryptfs"},
    {0x7461636F, "ocfs2"},
    {0x01161970, "gfs2"},
    {SQUASHFS_MAGIC, "squashfs"},
};

static const char *type_name(const char *directory, char *out, size_t size)
{
    struct statfs facts;
    unsigned long magic;

    if (statfs(directory, &facts) < 0)
        return "a filesystem that can't be asked";
    magic = (unsigned long)facts.f_type & 0xFFFFFFFF;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].magic == magic)
            return types[i].name;
    snprintf(out, size, "a filesystem of type 0x%lx", magic);
    return out;
}

/* ---- the try ---- */

/* What a try found out: 0 or -errno each. */
struct trial {
    int made;      /* the directory and the files */
    int onto_none; /* the exclusive rename where nothing is */
    int onto_file; /* and where something is: -EEXIST is right */
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

/* ---- what it says ---- */

static enum finding_level judge(const struct trial *trial, const char **text)
{
    if (trial->onto_none == 0 && trial->onto_file == -EEXIST) {
        *text = "knows exclusive rename";
        return FINDING_OK;
    }
    if (trial->onto_file == 0) {
        *text = "takes the flag and replaces all the same; publish on another filesystem";
        return FINDING_PROBLEM;
    }
    *text = trial->linked == 0
                ? "lacks exclusive rename: link+unlink and mkdir+rename serve, as exclusive; "
                  "--fallback refuse if that is not wanted"
                : "lacks exclusive rename, and links too: renames of files are refused there "
                  "(EOPNOTSUPP); publish on another filesystem";
    return FINDING_WARNING;
}

void check_filesystem(struct findings *findings, const char *directory)
{
    char number[64];
    char text[256];
    const char *finding;
    const char *const type = type_name(directory, number, sizeof number);
    enum finding_level level;
    struct trial trial;

    try_in(directory, &trial);
    if (trial.made < 0) {
        level = FINDING_WARNING;
        snprintf(text, sizeof text, "(%s) could not be tried: %s; name a directory to write in",
                 type, strerror(-trial.made));
    } else {
        level = judge(&trial, &finding);
        snprintf(text, sizeof text, "(%s) %s", type, finding);
    }
    findings_add(findings, level, "filesystem", directory, text);
}
