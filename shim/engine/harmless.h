/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_HARMLESS_H
#define NOCLOBBER_ENGINE_HARMLESS_H

/*
 * Renames onto a guarded destination that would replace nothing: plain rename(2) would do nothing,
 * only change the spelling of a name, or fail. They get plain rename's result, and do not count as
 * refusals.
 *
 * The result is predicted in the kernel's order (do_renameat2 and vfs_rename, Linux 3.15 to 6.18),
 * as far as that costs no more than a refusal. Not predicted, and so a recorded EEXIST: permissions
 * denied to a privileged process, by a security module for example; errors of the filesystem itself
 * (EDQUOT, EMLINK); the attributes of a directory (chattr(1)); under --trace the user's
 * permissions; and, on purpose, a destination that is a file and a mount point, such as one sealed
 * by `noclobber --seal`.
 *
 * Conventions: those of engine/collision.h.
 */

#include "engine/collision.h"

#define HARMLESS_NO 1       /* something would be replaced */
#define HARMLESS_OWN_CALL 2 /* the program's own call replaces nothing, and gives the result */

/* Plain rename's result for a collision after collision_look, whose attempt was not -EXDEV: 0 or
 * -errno; or one of the two above. */
int harmless_answer(struct collision *collision);

/* Whether the source, after collision_look, is a directory that would be moved into itself: 1 or 0;
 * 0 also if the paths cannot be resolved. */
int harmless_is_into_itself(struct collision *collision);

/* Whether the destination, after collision_look, is a directory that is not empty: 1 or 0; 0 also
 * if it cannot be read. Plain rename never replaces it: POSIX wants EEXIST or ENOTEMPTY. */
int harmless_is_full_directory(struct collision *collision);

#endif
