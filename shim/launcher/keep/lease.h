/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_LEASE_H
#define NOCLOBBER_LAUNCHER_KEEP_LEASE_H

/*
 * Keeps the contents of files: a child process, the keeper, opens each of them and holds a read
 * lease on it (fcntl(2), F_SETLEASE). Whoever opens one for writing, or truncates it, waits in the
 * kernel until the keeper has copied it. A file that is removed or replaced stays readable through
 * the descriptor. For a symbolic link the keeper remembers the target.
 *
 * A lease is only granted for one's own files (with CAP_LEASE: for all), and not while the file
 * is open for writing. While a file is being copied, an open with O_NONBLOCK fails with EAGAIN.
 * After /proc/sys/fs/lease-break-time the kernel lets the writer go on; then the file is not
 * kept.
 */

#include <stddef.h>
#include <sys/types.h>

#include "launcher/keep/keeper.h"
#include "launcher/keep/put_back.h"
#include "launcher/verify/verify.h"

struct lease {
    int has_keeper;
    pid_t keeper;
    int fd; /* the socket to it */
};

/* Whether files in `directory` can have leases, tested on a temporary file. Returns 0 or -errno. */
int lease_check(const char *directory);

/*
 * Starts a keeper for `files` (NULL: none), which must outlive it. Returns 0 with `*begun` filled
 * in, or -errno. Only for a process without other threads. End it with lease_end.
 */
int lease_begin(struct lease *lease, const struct snapshot *files, struct lease_begun *begun);

/*
 * Makes the keeper restore the file with this index in the snapshot. `result->error` is -ENODATA
 * if it was not kept.
 */
void lease_put_back(const struct lease *lease, size_t index, struct put_back *result);

/* Ends the keeper, if there is one. It removes its copies, unless a file could not be restored. */
void lease_end(struct lease *lease);

#endif
