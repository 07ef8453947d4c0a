/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REMOTE_SYS_H
#define NOCLOBBER_TRACER_REMOTE_SYS_H

/*
 * The system calls of the engine when it decides a tracee's call, so that it decides it as the
 * library would in that process.
 *
 *   calls that change files   the tracee makes them, with its rights (remote->make): the rename
 *                             family, linkat, unlinkat, mkdirat; and exit_group
 *   calls that look at files  the worker makes them, with the tracee's view (tracer/view.h), or the
 *                             tracee makes them (tracer/inside.h)
 *   facts about the caller    process number, program and working directory are the tracee's; the
 *                             number is -ESRCH once the tracee has ended
 *   all others                (log, clock, memory) the worker makes for itself
 */

#include "core/sys.h"
#include "tracer/remote.h"

/* The table for the engine. It acts on the remote that the calling thread has entered. In calls
 * that change files, each path must be remote->source or remote->destination itself, not a copy. */
extern const struct sys remote_sys;

/* The tracer's own calls; paths that begin with "/proc/" lead to the /proc that is held
 * (tracer/proc.h). */
extern const struct sys *const remote_ours;

/* Makes `remote` the one that remote_sys acts on in the calling thread. It must stay valid until
 * remote_leave, which removes the mapping from the tracee (inside_end) and forgets the remote. */
void remote_enter(struct remote *remote);
void remote_leave(struct remote *remote);

/* Copies the two paths of the tracee's call to `source` and `destination`, PATH_RESOLVED_MAX bytes
 * each. If the tracee's memory may not be read, has the tracee open the files, relative to the
 * descriptors, and writes their names instead (inside_find). Returns 0; -EFAULT for a bad address;
 * -ENAMETOOLONG; -ENOENT only if the memory may not be read and the destination does not exist; or
 * another -errno. Call it after remote_enter. */
int remote_read_paths(struct remote *remote, int source_dirfd, char *source, int destination_dirfd,
                      char *destination);

/* Copies the string at `address` of the tracee, with its NUL, to `out` (`size` bytes). Returns 0;
 * -EFAULT for a bad address; -ENAMETOOLONG if it does not fit; or what remote->copy returns. Needs
 * only `thread` and `copy` of the remote. */
int remote_read_string(struct remote *remote, uint64_t address, char *out, size_t size);

#endif
