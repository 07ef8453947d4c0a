/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_LEASE_H
#define NOCLOBBER_LAUNCHER_KEEP_LEASE_H

/*
 * Keeping the bytes of files: a process of ours, the keeper, has each of them open, with a read lease (fcntl(2), F_SETLEASE).
 * Whoever opens one for writing, or truncates it, waits in the kernel until the keeper has copied it. A file that is
 * removed or replaced stays readable through the descriptor. Of symbolic links it remembers the targets.
 *
 * Leases are given for one's own files alone (CAP_LEASE: for all), and not while somebody has the file open for writing. An
 * open with O_NONBLOCK fails with EAGAIN while the file is being copied. After /proc/sys/fs/lease-break-time the
 * kernel lets the writer go on; then that file is not kept.
 */

#include <stddef.h>
#include <sys/types.h>

#include "launcher/keep/keeper.h"
#include "launcher/keep/put_back.h"
#include "launcher/verify/verify.h"

struct lease {
    int has_keeper;
    pid_t keeper;
    int fd; /* of the conversation with it */
};

/* Whether files in `directory` can have leases: 0 or -errno. Tried on a file that is removed again. */
int lease_check(const char *directory);

/* Starts a keeper for `files`, which must be there as long as it. Returns 0, with `*begun` filled in, or -errno. For a process with no
 * other thread. */
int lease_begin(struct lease *lease, const struct snapshot *files, struct lease_begun *begun);

/* Has the keeper put the file of this index in the snapshot back. -ENODATA in `result->error`: its bytes are not kept. */
void lease_put_back(const struct lease *lease, size_t index, struct put_back *result);

/* Ends the keeper, if there is one. What it set aside is removed, unless a file could not be put back. */
void lease_end(struct lease *lease);

#endif
