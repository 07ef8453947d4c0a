/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_FILESYSTEM_H
#define NOCLOBBER_LAUNCHER_FILESYSTEM_H

/* Which kinds of exclusive rename a filesystem has. */

enum filesystem {
    FILESYSTEM_EXCLUSIVE, /* RENAME_NOREPLACE */
    FILESYSTEM_LINKS,     /* link(2) and unlink(2), for files */
    FILESYSTEM_NEITHER,   /* only directories can be renamed exclusively */
    FILESYSTEM_IGNORES,   /* accepts the flag but replaces files */
};

/*
 * Tests `directory`, which must be writable, in a temporary directory below it; signals are
 * blocked meanwhile, so that nothing is left behind. Only a test can tell: a filesystem may
 * reject the flag if the destination is absent, and yet answer EEXIST if it exists. Returns an
 * enum filesystem, or -errno.
 */
int filesystem_try(const char *directory);

/*
 * As filesystem_try, but without a test if the kernel has renameat2(2) and the type of the
 * filesystem (statfs(2)) is known to be exclusive (as of Linux 6.18).
 */
int filesystem_ask(const char *directory);

/* Whether `directory` is on an SMB mount: 1 or 0; 0 also if statfs(2) fails. */
int filesystem_on_smb(const char *directory);

#endif
