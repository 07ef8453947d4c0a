/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_TRACEE_H
#define NOCLOBBER_TRACER_TRACEE_H

/*
 * The state of each thread that is inside a call of the rename family. Other threads have none, so
 * thousands of them cost nothing. For the tracer's main thread alone.
 */

#include <sys/types.h>

#include "tracer/abi.h"
#include "tracer/registers.h"

struct pending;

enum tracee_phase {
    TRACEE_ATTEMPT, /* the exclusive rename is being made */
    TRACEE_PENDING, /* its destination exists: stopped until the call is decided */
    TRACEE_CALL,    /* a system call that decides it is being made */
    TRACEE_OWN,     /* decided: its own call, which it makes once more, may pass at its next stop */
};

struct tracee {
    pid_t thread;
    enum tracee_phase phase;
    const struct abi *abi;
    enum abi_call name;
    struct registers_call call; /* as the program made it */
    uint64_t instruction;       /* after the one that made it */
    uint64_t stack;
    struct registers registers;  /* the program's own, once the attempt is over */
    struct pending *pending;     /* or NULL */
    long result;                 /* of the exclusive attempt, until the call is decided */
    struct tracee *next_waiting; /* in the list of those that wait for memory */
    struct registers_call made;  /* the last call that we had it make */
    int is_trapped;              /* a filter of the program has trapped that; SIGSYS follows */
    int is_owed_sigsys;          /* one was sent to it meanwhile; calls_finish sends it again */
    unsigned long long signals;  /* the program's mask; valid while is_deaf */
    int is_deaf;                 /* its signals are blocked by us */
    struct tracee *next;
};

/* Returns the state of `thread`, or NULL if it has none. */
struct tracee *tracee_find(pid_t thread);

/* Allocates the state of `thread`, which has none yet; all other fields are 0. The table owns it
 * until tracee_remove. Returns NULL if memory is out. */
struct tracee *tracee_add(pid_t thread);

/* Removes the state and frees it. NULL is allowed. */
void tracee_remove(struct tracee *tracee);

#endif
