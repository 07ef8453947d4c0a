/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REMOTE_SYS_H
#define NOCLOBBER_TRACER_REMOTE_SYS_H

/*
 * A tracee's system calls, for the engine: it judges a stopped call as the library judges one of its
 * own process.
 *
 *   what changes files   is made by the tracee itself, with its rights, through `make`: the rename
 *                        family, linkat, unlinkat, mkdirat; and exit_group
 *   what looks at files  is made here, as the tracee would see them (tracer/view.h), or by the tracee
 *                        (tracer/inside.h)
 *   its own facts        process number, program, working directory are the tracee's; the number is -ESRCH
 *                        once it has ended
 *   all the rest         (log, clock, memory) is ours
 */

#include "core/sys.h"
#include "tracer/remote.h"

/* The table for the engine. Its paths must be `source` and `destination` themselves wherever a call
 * changes files. It serves the remote of the thread that calls it. */
extern const struct sys remote_sys;

/* Our own calls, in which "/proc/" means the one that is held (tracer/proc.h). */
extern const struct sys *const remote_ours;

/* From now on `remote_sys` means this one, in the calling thread, until remote_leave, which removes what was put
 * into the tracee. */
void remote_enter(struct remote *remote);
void remote_leave(struct remote *remote);

/* Copies the paths of the tracee's call to `source` and `destination`, PATH_RESOLVED_MAX bytes each, or finds the
 * names of the files that they lead to if its memory may not be read; the descriptors are what these begin at. Returns
 * 0; -EFAULT for a bad address; -ENAMETOOLONG; or -errno. -ENOENT only if the destination is missing, and its path cannot
 * be read. After remote_enter. */
int remote_read_paths(struct remote *remote, int source_dirfd, char *source, int destination_dirfd,
                      char *destination);

/* Copies the string at `address` of the tracee to `out`. Returns as above. */
int remote_read_string(struct remote *remote, uint64_t address, char *out, size_t size);

#endif
