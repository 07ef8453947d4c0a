/* SPDX-License-Identifier: MIT */
#include "tracer/settlement.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/path.h"
#include "engine/exclusive.h"
#include "engine/guard.h"
#include "tracer/calls.h"
#include "tracer/remote.h"
#include "tracer/workers.h"

struct settlement {
    struct remote remote; /* first: `make` gets its address */
    struct worker_job job;
    const struct policy *policy;
    enum call_name name;
    long attempt; /* what the kernel said */
    char source[PATH_RESOLVED_MAX];
    char destination[PATH_RESOLVED_MAX];

    /* Between the two threads, by turns: the main one has it from the queue to `is_answered`. */
    struct tracee *tracee; /* NULL: gone. The main thread's */
    struct registers_call wanted;
    int is_over; /* nothing is wanted any more but that the program goes on */
    long result; /* of the call, or of it all */
    sem_t is_answered;
    struct settlement *next;
};

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct settlement *queue;
static int count;

int settlement_count(void)
{
    return count;
}

/* ---- in its own thread ---- */

static void ask(struct settlement *settlement)
{
    pthread_mutex_lock(&queue_lock);
    settlement->next = queue;
    queue = settlement;
    pthread_mutex_unlock(&queue_lock);
    kill(getpid(), SETTLEMENT_SIGNAL);
}

static long make(struct remote *remote, const struct registers_call *call)
{
    struct settlement *const settlement = (struct settlement *)remote;

    settlement->wanted = *call;
    ask(settlement);
    while (sem_wait(&settlement->is_answered) != 0)
        ;
    return settlement->result;
}

static int read_paths(struct settlement *settlement)
{
    const struct remote *const remote = &settlement->remote;
    int result = remote_read_string(remote->thread, remote->source_address, settlement->source,
                                    sizeof settlement->source);

    if (result == 0)
        result = remote_read_string(remote->thread, remote->destination_address,
                                    settlement->destination, sizeof settlement->destination);
    return result;
}

static struct call describe(const struct settlement *settlement)
{
    const uint64_t *const given = settlement->remote.call.arguments;
    struct call call = {&remote_sys, settlement->name,        AT_FDCWD, settlement->source,
                        AT_FDCWD,    settlement->destination, 0};

    if (settlement->name != CALL_RENAME) {
        call.source_dirfd = (int)given[0];
        call.destination_dirfd = (int)given[2];
    }
    if (settlement->name == CALL_RENAMEAT2)
        call.flags = (unsigned)given[4];
    return call;
}

static long settle(struct settlement *settlement)
{
    const struct call call = describe(settlement);
    const int result = read_paths(settlement);
    const int attempt = exclusive_error(&call, (int)settlement->attempt);

    if (result == -EFAULT)
        return -EFAULT;
    return result < 0 ? guard_undecided(settlement->policy, &call, attempt)
                      : guard_answer(settlement->policy, &call, attempt);
}

static void run(struct worker_job *job)
{
    struct settlement *const settlement =
        (struct settlement *)(void *)((char *)job - offsetof(struct settlement, job));

    remote_enter(&settlement->remote);
    settlement->result = settle(settlement);
    settlement->is_over = 1;
    ask(settlement);
}

/* ---- in the main thread ---- */

static enum call_name name_of(enum abi_call call)
{
    return call == ABI_RENAME ? CALL_RENAME : call == ABI_RENAMEAT ? CALL_RENAMEAT : CALL_RENAMEAT2;
}

static struct settlement *create(const struct policy *policy, struct tracee *tracee, long result)
{
    const uint64_t *const given = tracee->call.arguments;
    const int is_short = tracee->name == ABI_RENAME;
    struct settlement *const settlement = malloc(sizeof *settlement);

    if (!settlement)
        return NULL;
    memset(&settlement->remote, 0, sizeof settlement->remote);
    settlement->remote.thread = tracee->thread;
    settlement->remote.abi = tracee->abi;
    settlement->remote.call = tracee->call;
    settlement->remote.source_address = given[is_short ? 0 : 1];
    settlement->remote.destination_address = given[is_short ? 1 : 3];
    settlement->remote.source = settlement->source;
    settlement->remote.destination = settlement->destination;
    settlement->remote.make = make;
    settlement->job.run = run;
    settlement->policy = policy;
    settlement->name = name_of(tracee->name);
    settlement->attempt = result;
    settlement->source[0] = settlement->destination[0] = '\0';
    settlement->tracee = tracee;
    settlement->is_over = 0;
    sem_init(&settlement->is_answered, 0, 0);
    return settlement;
}

static void release(struct settlement *settlement)
{
    sem_destroy(&settlement->is_answered);
    free(settlement);
}

int settlement_begin(const struct policy *policy, struct tracee *tracee, long result)
{
    struct settlement *const settlement = create(policy, tracee, result);
    int error;

    if (!settlement)
        return -ENOMEM;
    tracee->phase = TRACEE_SETTLED;
    tracee->settlement = settlement;
    error = workers_begin(&settlement->job);
    if (error < 0) {
        tracee->settlement = NULL;
        release(settlement);
        return error;
    }
    count++;
    return 0;
}

static void answer(struct settlement *settlement, long result)
{
    settlement->result = result;
    sem_post(&settlement->is_answered);
}

void settlement_answer(struct tracee *tracee, long result)
{
    tracee->phase = TRACEE_SETTLED;
    answer(tracee->settlement, result);
}

void settlement_abandon(struct tracee *tracee)
{
    if (!tracee->settlement)
        return;
    tracee->settlement->tracee = NULL;
    atomic_store(&tracee->settlement->remote.is_gone, 1);
    if (tracee->phase == TRACEE_CALL)
        answer(tracee->settlement, -ESRCH);
}

static void end(struct tracee *tracee, long result)
{
    tracee->settlement = NULL;
    if (result != GUARD_OWN_CALL)
        calls_finish(tracee, result);
    else if (calls_repeat(tracee) < 0)
        tracee_remove(tracee);
}

static void serve(struct settlement *settlement)
{
    struct tracee *const tracee = settlement->tracee;

    if (settlement->is_over) {
        if (tracee)
            end(tracee, settlement->result);
        count--;
        release(settlement);
        return;
    }
    const int result = tracee ? calls_make(tracee, &settlement->wanted) : -ESRCH;
    if (result < 0)
        answer(settlement, result);
}

static struct settlement *take_queue(void)
{
    struct settlement *taken;

    pthread_mutex_lock(&queue_lock);
    taken = queue;
    queue = NULL;
    pthread_mutex_unlock(&queue_lock);
    return taken;
}

void settlement_serve(void)
{
    struct settlement *next = take_queue();

    while (next) {
        struct settlement *const settlement = next;

        next = settlement->next;
        serve(settlement);
    }
}
