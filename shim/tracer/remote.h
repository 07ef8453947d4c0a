/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REMOTE_H
#define NOCLOBBER_TRACER_REMOTE_H

/* A tracee that is stopped in a call, as the thread sees it that settles the call. */

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

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

    int is_verbatim; /* the copies are the program's own words, and not names that were found another way */

    enum remote_look look; /* how files are looked at; the rest is tracer/inside.h's */
    uint64_t area;         /* or 0 */
    char *shared;          /* the same memory here, or NULL */
    int is_root_ours;
};

/* The address in the tracee of a path that the engine names: one of the two, or "", which is where the first
 * one ends if it is verbatim. 0 for any other path. Pure. */
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
