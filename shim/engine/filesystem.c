/* SPDX-License-Identifier: MIT */
#include "engine/filesystem.h"

#include <errno.h>
#include <string.h>

#include "core/path.h"

/* f_type of statfs(2), from linux/magic.h and the sources of the filesystems. */
enum {
    UNKNOWN = 0,
    CIFS = (int)0xFF534D42,
    SMB2 = (int)0xFE534D42,
    FUSE = 0x65735546, /* also virtiofs */
    OVERLAYFS = 0x794C7630,
    AUFS = 0x61756673,
    NINE_P = 0x01021997,
    ECRYPTFS = 0xF15F,
    VBOXSF = 0x786F4256,
};

int filesystem_may_be_smb;

void filesystem_setup(const struct sys *sys)
{
    struct statx facts;

    filesystem_may_be_smb = sys_statx_own(sys, "/proc/fs/cifs", &facts) == 0 ||
                            sys_statx_own(sys, "/proc/fs", &facts) < 0;
}

/* The kind of a directory's filesystem; "" is `dirfd` itself, or the working directory. */
static int kind_of(const struct sys *sys, int dirfd, const char *directory)
{
    const int fd =
        sys_openat(sys, dirfd, directory[0] == '\0' ? "." : directory, O_PATH | O_DIRECTORY);
    int kind;

    if (fd < 0)
        return UNKNOWN;
    kind = sys_fstatfs_type(sys, fd);
    sys_close(sys, fd);
    return kind;
}

__attribute__((noinline)) int filesystem_is_smb(const struct call *call)
{
    const struct sys *const sys = call->sys;
    char parent[896];
    struct statx facts;
    int kind;

    if (path_check(sys, call->destination_dirfd, call->destination) < 0)
        return 0;
    if (path_split(call->destination).name >= sizeof parent)
        return 1;
    /* If the path is invalid, the kernel reports the error. SMB has no block device. */
    if (path_take_parent(call->destination, parent, sizeof parent) < 0 ||
        sys_statx(sys, call->destination_dirfd, parent[0] == '\0' ? "." : parent, 0, &facts) < 0 ||
        facts.stx_dev_major != 0)
        return 0;
    kind = kind_of(sys, call->destination_dirfd, parent);
    return kind == UNKNOWN || kind == CIFS || kind == SMB2;
}

int filesystem_borrows_numbers(const struct call *call, char *buffer)
{
    if (path_take_parent(call->destination, buffer, PATH_RESOLVED_MAX) < 0)
        return 1;
    switch (kind_of(call->sys, call->destination_dirfd, buffer)) {
    case UNKNOWN:
    case CIFS:
    case SMB2:
    case FUSE:
    case OVERLAYFS:
    case AUFS:
    case NINE_P:
    case ECRYPTFS:
    case VBOXSF: return 1;
    default: return 0;
    }
}
