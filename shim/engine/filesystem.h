/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_FILESYSTEM_H
#define NOCLOBBER_ENGINE_FILESYSTEM_H

/*
 * What only the kind of a filesystem tells, by its magic number (statfs(2)): asked of few, and late.
 *
 * On SMB mounts (cifs.ko) the kernel's own exclusive rename is none: the client looks into its cache
 * and then sends a rename that replaces. Of two clients both win (Linux 6.1 and 7.2). link(2) and
 * mkdir(2) are exclusive there, so that the emulation has to do it. Every other filesystem keeps its
 * one system call: an SMB mount can exist only once the kernel's part of it is loaded, and the
 * constructor looks for that. It does not help a process that started before.
 *
 * Conventions: async-signal-safe. No device number is remembered: the kernel gives those of mounts
 * that are gone to new ones.
 */

#include "engine/call.h"

/* Whether there may be SMB mounts. Written by filesystem_setup alone. */
extern int filesystem_may_be_smb __attribute__((visibility("hidden")));

/* Looks for /proc/fs/cifs. Without /proc nobody can tell, and then it may be. From the constructor. */
void filesystem_setup(const struct sys *sys);

/*
 * Whether the destination's directory is on SMB: 1 or 0; 1 also if that cannot be found out. Only
 * to be asked if filesystem_may_be_smb. Makes two system calls, and three more on a filesystem
 * without a block device. Uses 1.2 KiB of stack.
 */
int filesystem_is_smb(const struct call *call);

/* Whether the destination's filesystem may show inode numbers of other filesystems, so that two files
 * have one: 1 or 0; 1 also if that cannot be found out. `buffer` is PATH_RESOLVED_MAX bytes of the
 * caller's. */
int filesystem_borrows_numbers(const struct call *call, char *buffer);

#endif
