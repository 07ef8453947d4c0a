/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_CALL_H
#define NOCLOBBER_ENGINE_CALL_H

/* One intercepted call of the rename family, as the program made it. Functions:
 * async-signal-safe. */

#include "core/sys.h"

enum call_name {
    CALL_RENAME,
    CALL_RENAMEAT,
    CALL_RENAMEAT2,
};

struct call {
    const struct sys *sys; /* how the program's own call would reach the kernel */
    enum call_name name;
    int source_dirfd; /* AT_FDCWD for CALL_RENAME, unless the engine has opened the directory */
    const char *source;
    int destination_dirfd;
    const char *destination;
    unsigned flags; /* of renameat2(2); 0 for the others */
};

/* The libc name of the call, in static storage. */
const char *call_name(const struct call *call);

/* Makes the program's own call, exclusive only if the program asked for that; a CALL_RENAME with a
 * descriptor is made as renameat(2). Returns 0 or -errno as rename(2). */
int call_plain(const struct call *call);

/* Whether the program itself asked for an exclusive rename: 1 or 0. Then EEXIST is what it asked
 * for and no refusal. Pure. */
int call_is_exclusive(const struct call *call);

#endif
