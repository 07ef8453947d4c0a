/* SPDX-License-Identifier: MIT */
#include "tracer/pending.h"

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

/* A request to copy memory by ptrace(2). */
struct copy {
    uint64_t address;
    void *bytes; /* NULL: a system call is requested instead */
    size_t size;
    int is_write;
};

struct pending {
    struct remote remote; /* first member: `make` and `copy` cast its address back */
    struct worker_job job;
    enum call_name name;
    long attempt; /* what the exclusive attempt returned */
    char source[PATH_RESOLVED_MAX];
    char destination[PATH_RESOLVED_MAX];

    /* Owned by one thread at a time: the worker, until it enqueues itself; then the main thread,
     * until sem_post(is_answered). `tracee` is always the main thread's. */
    struct tracee *tracee; /* NULL: it has ended */
    struct registers_call wanted;
    struct copy copy;
    int is_over; /* decided: `result` is the verdict */
    long result; /* of the request, or the verdict */
    sem_t is_answered;
    struct pending *next;
};

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static struct pending *queue;
static const struct policy *run_policy;
static pid_t self;
static int count;

/* The one pending call to use when malloc(3) fails, and the tracees that wait for it. */
static struct pending reserve;
static int is_reserve_taken;
static struct tracee *waiting;
static struct tracee **last_waiting = &waiting;

int pending_count(void)
{
    return count;
}

/* ---- in the worker ---- */

static void ask(struct pending *pending)
{
    pthread_mutex_lock(&queue_lock);
    pending->next = queue;
    queue = pending;
    pthread_mutex_unlock(&queue_lock);
    kill(self, PENDING_SIGNAL);
}

static long await_answer(struct pending *pending)
{
    ask(pending);
    while (sem_wait(&pending->is_answered) != 0)
        ;
    return pending->result;
}

static long make(struct remote *remote, const struct registers_call *call)
{
    struct pending *const pending = (struct pending *)remote;

    pending->wanted = *call;
    pending->copy.bytes = NULL;
    return await_answer(pending);
}

static int copy(struct remote *remote, uint64_t address, void *bytes, size_t size, int is_write)
{
    struct pending *const pending = (struct pending *)remote;

    pending->copy = (struct copy){address, bytes, size, is_write};
    return (int)await_answer(pending);
}

static struct call describe(const struct pending *pending)
{
    const uint64_t *const given = pending->remote.call.arguments;
    struct call call = {&remote_sys, pending->name,        AT_FDCWD, pending->source,
                        AT_FDCWD,    pending->destination, 0};

    if (pending->name != CALL_RENAME) {
        call.source_dirfd = (int)given[0];
        call.destination_dirfd = (int)given[2];
    }
    if (pending->name == CALL_RENAMEAT2)
        call.flags = (unsigned)given[4];
    return call;
}

static long decide(struct pending *pending)
{
    const struct call call = describe(pending);
    const int result = remote_read_paths(&pending->remote, call.source_dirfd, pending->source,
                                         call.destination_dirfd, pending->destination);
    const int attempt = exclusive_error(&call, (int)pending->attempt);

    if (result == -EFAULT || (result == -ENAMETOOLONG && attempt == EXCLUSIVE_MISSING))
        return result;
    if (result == -ENOENT && attempt == -EXDEV)
        return -EXDEV;
    return result < 0 ? guard_undecided(run_policy, &call, attempt)
                      : guard_answer(run_policy, &call, attempt);
}

static void run(struct worker_job *job)
{
    struct pending *const pending =
        (struct pending *)(void *)((char *)job - offsetof(struct pending, job));
    long result;

    remote_enter(&pending->remote);
    result = decide(pending);
    remote_leave(&pending->remote);
    pending->result = result;
    pending->is_over = 1;
    ask(pending);
}

/* ---- in the main thread ---- */

static enum call_name name_of(enum abi_call call)
{
    return call == ABI_RENAME ? CALL_RENAME : call == ABI_RENAMEAT ? CALL_RENAMEAT : CALL_RENAMEAT2;
}

static struct pending *take(void)
{
    struct pending *const pending = malloc(sizeof *pending);

    if (pending || is_reserve_taken)
        return pending;
    is_reserve_taken = 1;
    return &reserve;
}

static void fill(struct pending *pending, const struct tracee *tracee)
{
    const uint64_t *const given = tracee->call.arguments;
    const int is_short = tracee->name == ABI_RENAME;

    memset(&pending->remote, 0, sizeof pending->remote);
    pending->remote.thread = tracee->thread;
    pending->remote.abi = tracee->abi;
    pending->remote.call = tracee->call;
    pending->remote.source_address = given[is_short ? 0 : 1];
    pending->remote.destination_address = given[is_short ? 1 : 3];
    pending->remote.source = pending->source;
    pending->remote.destination = pending->destination;
    pending->remote.make = make;
    pending->remote.copy = copy;
    pending->job.run = run;
    pending->name = name_of(tracee->name);
    pending->attempt = tracee->result;
    pending->source[0] = pending->destination[0] = '\0';
}

static void begin(struct pending *pending, struct tracee *tracee)
{
    fill(pending, tracee);
    pending->tracee = tracee;
    pending->is_over = 0;
    sem_init(&pending->is_answered, 0, 0);
    tracee->pending = pending;
    workers_begin(&pending->job);
}

static void end(struct tracee *tracee, long result)
{
    tracee->pending = NULL;
    if (result != GUARD_OWN_CALL)
        calls_finish(tracee, result);
    else if (calls_repeat(tracee) < 0)
        tracee_remove(tracee);
}

static void begin_or_wait(struct tracee *tracee)
{
    struct pending *const pending = take();

    count++;
    tracee->next_waiting = NULL;
    if (pending) {
        begin(pending, tracee);
        return;
    }
    *last_waiting = tracee;
    last_waiting = &tracee->next_waiting;
}

void pending_begin(struct tracee *tracee, long result)
{
    tracee->phase = TRACEE_PENDING;
    tracee->result = result;
    if (quick_passes(tracee, result))
        end(tracee, GUARD_OWN_CALL);
    else
        begin_or_wait(tracee);
}

/* Takes `tracee` out of the list of those that wait for memory, if it is there. */
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

/* Passes the memory on to the next one that waits, or frees it. */
static void release(struct pending *pending)
{
    struct tracee *const next = waiting;

    sem_destroy(&pending->is_answered);
    count--;
    if (next) {
        leave(next);
        count++;
        begin(pending, next);
    } else if (pending == &reserve) {
        is_reserve_taken = 0;
    } else {
        free(pending);
    }
}

int pending_start(const struct policy *policy, int most)
{
    run_policy = policy;
    self = getpid();
    quick_start(policy);
    return workers_start(most);
}

int pending_grow(void)
{
    return workers_grow();
}

static void answer(struct pending *pending, long result)
{
    pending->result = result;
    sem_post(&pending->is_answered);
}

void pending_answer(struct tracee *tracee, long result)
{
    tracee->phase = TRACEE_PENDING;
    answer(tracee->pending, result);
}

void pending_abandon(struct tracee *tracee)
{
    if (!tracee->pending) {
        leave(tracee);
        return;
    }
    tracee->pending->tracee = NULL;
    atomic_store(&tracee->pending->remote.is_gone, 1);
    if (tracee->phase == TRACEE_CALL)
        answer(tracee->pending, -ESRCH);
}

static void serve(struct pending *pending)
{
    struct tracee *const tracee = pending->tracee;

    if (pending->is_over) {
        if (tracee)
            end(tracee, pending->result);
        release(pending);
        return;
    }
    const struct copy *const wanted = &pending->copy;
    int result = -ESRCH;

    if (tracee && wanted->bytes)
        result = calls_copy(tracee->thread, wanted->address, wanted->bytes, wanted->size,
                            wanted->is_write);
    else if (tracee)
        result = calls_make(tracee, &pending->wanted);
    if (result < 0 || wanted->bytes)
        answer(pending, result);
}

static struct pending *take_queue(void)
{
    struct pending *taken;

    pthread_mutex_lock(&queue_lock);
    taken = queue;
    queue = NULL;
    pthread_mutex_unlock(&queue_lock);
    return taken;
}

void pending_serve(void)
{
    struct pending *next = take_queue();

    while (next) {
        struct pending *const pending = next;

        next = pending->next;
        serve(pending);
    }
}
