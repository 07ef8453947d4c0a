/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REMOTE_H
#define NOCLOBBER_TRACER_REMOTE_H

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

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/sys.h"
#include "tracer/abi.h"
#include "tracer/registers.h"

enum remote_look {
    REMOTE_OUTSIDE, /* by the tracer (tracer/view.h) */
    REMOTE_INSIDE,  /* by the tracee, because that failed (tracer/inside.h) */
    REMOTE_BLIND,   /* that failed, too */
};

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
    /* Copies to, or from, the tracee's memory by ptrace(2). Returns 0; -EIO for a bad address, or for a
     * program that may not be read (PR_SET_DUMPABLE, prctl(2)); -ESRCH. */
    int (*copy)(struct remote *remote, uint64_t address, void *bytes, size_t size, int is_write);

    enum remote_look look; /* how files are looked at */
    uint64_t area;         /* tracer/inside.h's, or 0 */
    int is_root_ours;
};

/* The table for the engine. Its paths must be `source` and `destination` themselves wherever a call
 * changes files. It serves the remote of the thread that calls it. */
extern const struct sys remote_sys;

/* From now on `remote_sys` means this one, in the calling thread, until remote_leave, which removes what was put
 * into the tracee. */
void remote_enter(struct remote *remote);
void remote_leave(struct remote *remote);

/* Copies the string at `address` of the tracee to `out`. Returns 0; -EFAULT for a bad address; -ENAMETOOLONG; or
 * -errno if its memory may not be read. */
int remote_read_string(struct remote *remote, uint64_t address, char *out, size_t size);

/* The address in the tracee of a path that the engine names: one of the two, or "", which is where the first
 * one ends. 0 for any other path. */
uint64_t remote_address_of(const struct remote *remote, const char *path);

#endif
