/* SPDX-License-Identifier: MIT */
#include "tracer/tracee.h"

#include <stdlib.h>

/* A hash table with chains: it holds only the threads that are inside a rename at the moment. */
#define CHAINS 256

static struct tracee *chains[CHAINS];

static struct tracee **place_of(pid_t thread)
{
    struct tracee **place = &chains[(unsigned)thread % CHAINS];

    while (*place && (*place)->thread != thread)
        place = &(*place)->next;
    return place;
}

struct tracee *tracee_find(pid_t thread)
{
    return *place_of(thread);
}

struct tracee *tracee_add(pid_t thread)
{
    struct tracee **const place = place_of(thread);
    struct tracee *const tracee = calloc(1, sizeof *tracee);

    if (!tracee)
        return NULL;
    tracee->thread = thread;
    *place = tracee;
    return tracee;
}

void tracee_remove(struct tracee *tracee)
{
    if (!tracee)
        return;
    *place_of(tracee->thread) = tracee->next;
    free(tracee);
}
