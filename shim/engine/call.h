/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_ENGINE_CALL_H
#define NOCLOBBER_ENGINE_CALL_H

/* One intercepted call of the rename family, as the program made it. */

#include "core/sys.h"

enum call_name {
    CALL_RENAME,
    CALL_RENAMEAT,
    CALL_RENAMEAT2,
};

struct call {
    const struct sys *sys; /* the way this call would have gone */
    enum call_name name;
    int source_dirfd; /* AT_FDCWD for CALL_RENAME, unless the engine holds the directory */
    const char *source;
    int destination_dirfd;
    const char *destination;
    unsigned flags; /* of renameat2(2); 0 for the others */
};

/* The libc name of the call, in static storage. Async-signal-safe. */
const char *call_name(const struct call *call);

/* Makes the program's own call, not exclusive unless the program asked for that; renameat(2) if a
 * CALL_RENAME has a descriptor. Returns 0 or -errno. Async-signal-safe. */
int call_plain(const struct call *call);

/* Whether the program itself asked for an exclusive rename: 1 or 0. Its EEXIST is then its wish and
 * not a refusal. */
int call_is_exclusive(const struct call *call);

#endif
