/* SPDX-License-Identifier: MIT */
#include "engine/call.h"

const char *call_name(const struct call *call)
{
    switch (call->name) {
    case CALL_RENAME: return "rename";
    case CALL_RENAMEAT: return "renameat";
    case CALL_RENAMEAT2: return "renameat2";
    }
    return "";
}

int call_plain(const struct call *call)
{
    const struct sys *const sys = call->sys;

#ifdef SYS_rename
    if (call->name == CALL_RENAME && call->source_dirfd == AT_FDCWD &&
        call->destination_dirfd == AT_FDCWD)
        return (int)sys->path(SYS_rename, (long)call->source, (long)call->destination, 0, 0, 0, 0);
#endif
    if (call->name != CALL_RENAMEAT2)
        return sys_renameat2(sys, call->source_dirfd, call->source, call->destination_dirfd,
                             call->destination, 0);
    return (int)sys->path(SYS_renameat2, call->source_dirfd, (long)call->source,
                          call->destination_dirfd, (long)call->destination, (long)call->flags, 0);
}

int call_is_exclusive(const struct call *call)
{
    return (call->flags & RENAME_NOREPLACE) != 0;
}
