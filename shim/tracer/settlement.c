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
#include "tracer/quick.h"
#include "tracer/remote_sys.h"
#include "tracer/workers.h"

/* Memory that ptrace(2) is to copy. */
struct copy {
    uint64_t address;
    void *bytes; /* NULL: a call is wanted instead */
    size_t size;
    int is_write;
};

struct settlement {
    struct remote remote; /* first: `make` gets its address */
    struct worker_job job;
    enum call_name name;
    long attempt; /* what the kernel said */
    char source[PATH_RESOLVED_MAX];
    char destination[PATH_RESOLVED_MAX];

    /* Between the two threads, by turns: the main one has it from the queue to `is_answered`. */
    struct tracee *tracee; /* NULL: gone. The main thread's */
    struct registers_call wanted;
    struct copy copy;
    int is_over; /* nothing is wanted any more but that the program goes on */
    long result; /* of the call, or of it all */
    sem_t is_answered;
    struct settlement *next;
};

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct settlement *queue;
static const struct policy *run_policy;
static pid_t self;
static int count;

/* For when memory is out. */
static struct settlement reserve;
static int is_reserve_taken;
static struct tracee *waiting;
static struct tracee **last_waiting = &waiting;

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
    kill(self, SETTLEMENT_SIGNAL);
}

static long await_answer(struct settlement *settlement)
{
    ask(settlement);
    while (sem_wait(&settlement->is_answered) != 0)
        ;
    return settlement->result;
}

static long make(struct remote *remote, const struct registers_call *call)
{
    struct settlement *const settlement = (struct settlement *)remote;

    settlement->wanted = *call;
    settlement->copy.bytes = NULL;
    return await_answer(settlement);
}

static int copy(struct remote *remote, uint64_t address, void *bytes, size_t size, int is_write)
{
    struct settlement *const settlement = (struct settlement *)remote;

    settlement->copy = (struct copy){address, bytes, size, is_write};
    return (int)await_answer(settlement);
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
    const int result = remote_read_paths(&settlement->remote, call.source_dirfd, settlement->source,
                                         call.destination_dirfd, settlement->destination);
    const int attempt = exclusive_error(&call, (int)settlement->attempt);

    if (result == -EFAULT)
        return -EFAULT;
    if (result == -ENOENT && attempt == -EXDEV)
        return -EXDEV;
    return result < 0 ? guard_undecided(run_policy, &call, attempt)
                      : guard_answer(run_policy, &call, attempt);
}

static void run(struct worker_job *job)
{
    struct settlement *const settlement =
        (struct settlement *)(void *)((char *)job - offsetof(struct settlement, job));
    long result;

    remote_enter(&settlement->remote);
    result = settle(settlement);
    remote_leave(&settlement->remote);
    settlement->result = result;
    settlement->is_over = 1;
    ask(settlement);
}

/* ---- in the main thread ---- */

static enum call_name name_of(enum abi_call call)
{
    return call == ABI_RENAME ? CALL_RENAME : call == ABI_RENAMEAT ? CALL_RENAMEAT : CALL_RENAMEAT2;
}

static struct settlement *take(void)
{
    struct settlement *const settlement = malloc(sizeof *settlement);

    if (settlement || is_reserve_taken)
        return settlement;
    is_reserve_taken = 1;
    return &reserve;
}

static void fill(struct settlement *settlement, const struct tracee *tracee)
{
    const uint64_t *const given = tracee->call.arguments;
    const int is_short = tracee->name == ABI_RENAME;

    memset(&settlement->remote, 0, sizeof settlement->remote);
    settlement->remote.thread = tracee->thread;
    settlement->remote.abi = tracee->abi;
    settlement->remote.call = tracee->call;
    settlement->remote.source_address = given[is_short ? 0 : 1];
    settlement->remote.destination_address = given[is_short ? 1 : 3];
    settlement->remote.source = settlement->source;
    settlement->remote.destination = settlement->destination;
    settlement->remote.make = make;
    settlement->remote.copy = copy;
    settlement->job.run = run;
    settlement->name = name_of(tracee->name);
    settlement->attempt = tracee->result;
    settlement->source[0] = settlement->destination[0] = '\0';
}

static void begin(struct settlement *settlement, struct tracee *tracee)
{
    fill(settlement, tracee);
    settlement->tracee = tracee;
    settlement->is_over = 0;
    sem_init(&settlement->is_answered, 0, 0);
    tracee->settlement = settlement;
    workers_begin(&settlement->job);
}

static void end(struct tracee *tracee, long result)
{
    tracee->settlement = NULL;
    if (result != GUARD_OWN_CALL)
        calls_finish(tracee, result);
    else if (calls_repeat(tracee) < 0)
        tracee_remove(tracee);
}

static void begin_or_wait(struct tracee *tracee)
{
    struct settlement *const settlement = take();

    count++;
    tracee->next_waiting = NULL;
    if (settlement) {
        begin(settlement, tracee);
        return;
    }
    *last_waiting = tracee;
    last_waiting = &tracee->next_waiting;
}

void settlement_begin(struct tracee *tracee, long result)
{
    tracee->phase = TRACEE_SETTLED;
    tracee->result = result;
    if (quick_passes(tracee, result))
        end(tracee, GUARD_OWN_CALL);
    else
        begin_or_wait(tracee);
}

/* Takes `tracee` out of those that wait. */
static void leave(struct tracee *tracee)
{
    struct tracee **place = &waiting;

    while (*place && *place != tracee)
        place = &(*place)->next_waiting;
    if (!*place)
        return;
    *place = tracee->next_waiting;
    if (!*place)
        last_waiting = place;
    count--;
}

/* Its memory is for the next one. */
static void release(struct settlement *settlement)
{
    struct tracee *const next = waiting;

    sem_destroy(&settlement->is_answered);
    count--;
    if (next) {
        leave(next);
        count++;
        begin(settlement, next);
    } else if (settlement == &reserve) {
        is_reserve_taken = 0;
    } else {
        free(settlement);
    }
}

int settlement_start(const struct policy *policy, int most)
{
    run_policy = policy;
    self = getpid();
    quick_start(policy);
    return workers_start(most);
}

int settlement_grow(void)
{
    return workers_grow();
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
    if (!tracee->settlement) {
        leave(tracee);
        return;
    }
    tracee->settlement->tracee = NULL;
    atomic_store(&tracee->settlement->remote.is_gone, 1);
    if (tracee->phase == TRACEE_CALL)
        answer(tracee->settlement, -ESRCH);
}

static void serve(struct settlement *settlement)
{
    struct tracee *const tracee = settlement->tracee;

    if (settlement->is_over) {
        if (tracee)
            end(tracee, settlement->result);
        release(settlement);
        return;
    }
    const struct copy *const wanted = &settlement->copy;
    int result = -ESRCH;

    if (tracee && wanted->bytes)
        result = calls_copy(tracee->thread, wanted->address, wanted->bytes, wanted->size,
                            wanted->is_write);
    else if (tracee)
        result = calls_make(tracee, &settlement->wanted);
    if (result < 0 || wanted->bytes)
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
