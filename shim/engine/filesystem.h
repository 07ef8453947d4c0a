/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_FILESYSTEM_H
#define NOCLOBBER_ENGINE_FILESYSTEM_H

/*
 * Filesystems that must be known by their kind: the magic number of statfs(2).
 *
 * On SMB mounts (cifs.ko) RENAME_NOREPLACE is not exclusive: the client checks its cache and then
 * sends a rename that replaces, so two clients both succeed (Linux 6.1 and 7.2). link(2) and
 * mkdir(2) are exclusive there, so the emulation is used. A rename elsewhere must stay one system
 * call. SMB mounts need the kernel's module, so the constructor checks whether it is loaded. A
 * process that started before the module was loaded is not protected.
 *
 * Conventions: async-signal-safe, nothing allocated. Device numbers are not cached: the kernel
 * reuses those of unmounted filesystems.
 */

#include "engine/call.h"

/* Whether there may be SMB mounts: 1 or 0. Written by filesystem_setup alone. */
extern int filesystem_may_be_smb __attribute__((visibility("hidden")));

/* Sets filesystem_may_be_smb: 1 if /proc/fs/cifs exists, or if there is no /proc. Called once, by
 * the constructor. */
void filesystem_setup(const struct sys *sys);

/*
 * Whether the destination's directory is on SMB: 1 or 0; 1 also if that cannot be found out; 0 if
 * the path is invalid, since the kernel then reports the error. Called only if
 * filesystem_may_be_smb. Makes two system calls, and three more on a filesystem without a block
 * device. Uses 1.2 KiB of stack.
 */
int filesystem_is_smb(const struct call *call);

/* Whether two files of the destination's filesystem may have the same inode number, because it
 * shows the numbers of other filesystems: 1 or 0; 1 also if that cannot be found out. `buffer` is
 * working space of the caller's, PATH_RESOLVED_MAX bytes. */
int filesystem_borrows_numbers(const struct call *call, char *buffer);

#endif
