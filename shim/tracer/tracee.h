/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_TRACEE_H
#define NOCLOBBER_TRACER_TRACEE_H

/*
 * The threads that are inside a call of the rename family. Of all others nothing is remembered, so
 * that thousands of them cost nothing. For the tracer's main thread alone.
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
    uint64_t instruction;       /* where */
    uint64_t stack;
    struct registers registers;  /* the program's, once the attempt is over */
    struct pending *pending;     /* or NULL */
    long result;                 /* of the exclusive attempt, until the call is decided */
    struct tracee *next_waiting; /* for memory */
    struct registers_call made;  /* the last call that was made in it */
    int is_trapped;              /* it was trapped: a SIGSYS follows */
    int is_owed_sigsys;          /* somebody has sent one */
    unsigned long long signals;  /* the mask of before, where */
    int is_deaf;                 /* signals are held back */
    struct tracee *next;
};

/* The tracee that `thread` is, or NULL. */
struct tracee *tracee_find(pid_t thread);

/* A new one of zeros but for `thread`. NULL when memory is out. */
struct tracee *tracee_add(pid_t thread);

/* Takes it out and frees it. Takes NULL. */
void tracee_remove(struct tracee *tracee);

#endif
