/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REMOTE_H
#define NOCLOBBER_TRACER_REMOTE_H

/*
 * A tracee's system calls, for the engine: it judges a stopped call as the library judges one of its
 * own process.
 *
 *   what changes files   is made by the tracee itself, with its rights, through `make`: the rename
 *                        family, linkat, unlinkat, mkdirat; and exit_group
 *   what looks at files  is made here, as the tracee would see them (tracer/view.h)
 *   its own facts        process number, program, working directory are the tracee's; the number is -ESRCH
 *                        once it has ended
 *   all the rest         (log, clock, memory) is ours
 */

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/sys.h"
#include "tracer/abi.h"
#include "tracer/registers.h"

struct remote {
    pid_t thread;
    const struct abi *abi;
    struct registers_call call; /* the one that was stopped */
    atomic_int is_gone;         /* the tracee has ended */
    uint64_t source_address;    /* of its paths, in the tracee */
    uint64_t destination_address;
    const char *source; /* copies */
    const char *destination;
    /* Has the tracee make a call. Returns what the kernel says; -ESRCH when it is gone. */
    long (*make)(struct remote *remote, const struct registers_call *call);
};

/* The table for the engine. Its paths must be `source` and `destination` themselves wherever a call
 * changes files. It serves the remote of the thread that calls it. */
extern const struct sys remote_sys;

/* From now on `remote_sys` means this one, in the calling thread. */
void remote_enter(struct remote *remote);

/* Copies the string at `address` of `thread` to `out`. Returns 0; -EFAULT for a bad address;
 * -ENAMETOOLONG; or -errno where its memory may not be read. */
int remote_read_string(pid_t thread, uint64_t address, char *out, size_t size);

#endif
