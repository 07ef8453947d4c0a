/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_HARMLESS_H
#define NOCLOBBER_ENGINE_HARMLESS_H

/*
 * Renames onto a guarded destination that would replace nothing: plain rename(2) does nothing, only
 * changes the spelling of a name, or fails. They get its answer, and are no refusals.
 *
 * What plain rename would answer is found out in the kernel's order (do_renameat2 and vfs_rename,
 * Linux 3.15 to 6.18), as far as that costs no more than a refusal. So these are EEXIST, too: errors
 * of permission that come from an access control list's or a security module's refusal to a
 * privileged process, of a filesystem itself (EDQUOT, EMLINK), of a directory that may not be
 * written to and so not change its parent, and of a file that is a mount point, as one that
 * `noclobber --seal` has sealed.
 *
 * Conventions: async-signal-safe; only the collision's scratch area is written.
 */

#include "engine/collision.h"

#define HARMLESS_NO 1       /* something would be replaced */
#define HARMLESS_OWN_CALL 2 /* nothing is lost by the program's own call, which has the answer */

/* 0 or -errno: plain rename's answer to a collision that has been looked at, whose attempt was not
 * -EXDEV; or one of the two above. */
int harmless_answer(struct collision *collision);

/* Whether a directory that has been looked at would be moved into itself: 1, or 0, also if the paths
 * cannot be resolved. */
int harmless_is_into_itself(struct collision *collision);

/* Whether the destination is a directory that is not empty: 1 or 0. It is never replaced: POSIX lets
 * rename answer EEXIST or ENOTEMPTY, and this is no refusal. */
int harmless_is_full_directory(struct collision *collision);

#endif
