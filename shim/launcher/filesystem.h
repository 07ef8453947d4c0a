/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_FILESYSTEM_H
#define NOCLOBBER_LAUNCHER_FILESYSTEM_H

/* What a filesystem offers in place of a rename that replaces. */

enum filesystem {
    FILESYSTEM_EXCLUSIVE, /* RENAME_NOREPLACE */
    FILESYSTEM_LINKS,     /* link(2) and unlink(2), for files */
    FILESYSTEM_NEITHER,   /* directories alone can be renamed exclusively */
    FILESYSTEM_IGNORES,   /* takes the flag, and replaces all the same */
};

/*
 * Tries it in `directory`, which must be writable: in a new directory there, with signals held back, so that nothing
 * stays. Only a try tells: a filesystem may refuse the flag if the destination is absent, and answer EEXIST all the same
 * if it is not. Returns an enum filesystem, or -errno.
 */
int filesystem_try(const char *directory);

/* The same without a try where the type of the filesystem tells (statfs(2), Linux 6.18) and the kernel has the call. */
int filesystem_ask(const char *directory);

/* Whether it is a mount of an SMB share: 1 or 0. */
int filesystem_on_smb(const char *directory);

#endif
