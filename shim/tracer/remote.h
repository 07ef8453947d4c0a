/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REMOTE_H
#define NOCLOBBER_TRACER_REMOTE_H

/*
 * A tracee that is stopped in a call, as the worker sees it that decides the call. Each struct
 * belongs to one worker; only `is_gone` is set by the main thread.
 */

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "tracer/abi.h"
#include "tracer/registers.h"

enum remote_look {
    REMOTE_OUTSIDE, /* the tracer looks (tracer/view.h) */
    REMOTE_INSIDE,  /* that failed: the tracee looks (tracer/inside.h) */
    REMOTE_BLIND,   /* that failed as well: files cannot be looked at */
};

struct remote {
    pid_t thread;
    const struct abi *abi;
    struct registers_call call; /* the program's own, at which it was stopped */
    atomic_int is_gone;         /* the tracee has ended */
    uint64_t source_address;    /* of the paths of the call, in the tracee */
    uint64_t destination_address;
    const char *source; /* copies of the paths, here */
    const char *destination;
    /* Has the tracee make `call`, and waits for it. Returns what the kernel returns; -ESRCH once
     * the tracee has ended. */
    long (*make)(struct remote *remote, const struct registers_call *call);
    /* Copies from the tracee's memory, or to it if `is_write`, by ptrace(2): see calls_copy.
     * Returns 0; -EIO for a bad address, or for a program that may not be read (PR_SET_DUMPABLE,
     * prctl(2)); -ESRCH once the tracee has ended. */
    int (*copy)(struct remote *remote, uint64_t address, void *bytes, size_t size, int is_write);

    int is_verbatim; /* 1: copied from the tracee's memory; 0: names found by inside_find */

    enum remote_look look; /* who looks at files; what follows is set by inside_begin */
    uint64_t area;         /* address of the mapping in the tracee, or 0 */
    char *shared;          /* its address here if it is shared memory, or NULL */
    int is_root_ours;
};

/* Returns the address in the tracee of `path`: of `source` or `destination` (compared as pointers),
 * or of the empty path, which the NUL at the end of a verbatim source is. 0 for any other path.
 * Pure. */
static inline uint64_t remote_address_of(const struct remote *remote, const char *path)
{
    if (path == remote->source)
        return remote->source_address;
    if (path == remote->destination)
        return remote->destination_address;
    return *path == '\0' && remote->is_verbatim ? remote->source_address + strlen(remote->source)
                                                : 0;
}

#endif
