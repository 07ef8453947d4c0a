/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DIFFER_WORKER_H
#define NOCLOBBER_TESTS_DIFFER_WORKER_H

/* A thread with its three copies of a tree: makes one rename in each, and judges the library's
 * answer. */

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "programs/decide/rules.h"
#include "programs/differ/ask.h"
#include "programs/filter.h"

static struct {
    int mode;
    int has_exceptions; /* NOCLOBBER_ALLOW_IF=symlink,empty */
    int is_verbose;
    unsigned threads;
    unsigned long calls;
    uint64_t seed;
    uint64_t episode; /* the one to run, or 0 */
    struct filter filter;
    const char *directory;
    const char *oracle;
} options = {.threads = 2, .calls = 100000};

static struct {
    atomic_ulong calls;
    atomic_ulong changes; /* renames that the library made or allowed */
    atomic_ulong refused; /* plain rename would have replaced something, and the library did not */
    atomic_ulong others;  /* neither refused nor answered like the exclusive call */
    atomic_ulong wrong;
} figures;

struct worker {
    pthread_t thread;
    unsigned number;
    struct copy plain;
    struct copy exclusive;
    struct copy shim;
    char text[TREE_TEXT]; /* of all three copies before the call */
    struct request request;
    struct outcome by_plain;
    struct outcome by_exclusive;
    struct outcome by_shim;
    /* With a filter, a separate thread asks the library. */
    pthread_t asker;
    sem_t go;
    sem_t gone;
    int is_over;
    struct reply reply;
};

static int is_emulated(void)
{
    return options.filter.count != 0 || options.oracle != options.directory;
}

static void own_directory(void)
{
    if (unshare(CLONE_FS) < 0)
        abort();
}

static void *ask_filtered(void *of)
{
    struct worker *const worker = of;

    own_directory();
    if (filter_install(&options.filter) < 0)
        abort();
    for (;;) {
        sem_wait(&worker->go);
        if (worker->is_over)
            return NULL;
        ask_in(&worker->shim, &worker->request, worker->request.by, &worker->reply);
        sem_post(&worker->gone);
    }
}

static void ask_shim(struct worker *worker)
{
    if (options.filter.count == 0) {
        ask_in(&worker->shim, &worker->request, worker->request.by, &worker->reply);
        return;
    }
    sem_post(&worker->go);
    sem_wait(&worker->gone);
}

/* ---- one call ---- */

static void note(struct worker *worker, const struct copy *copy, const struct reply *reply,
                 int is_read, struct outcome *outcome)
{
    outcome->is_done = 1;
    outcome->result = reply->result;
    outcome->error = reply->error;
    outcome->kept = reply->kept;
    strcpy(outcome->before, worker->text);
    if (is_read)
        read_tree(copy, outcome->after);
    else
        strcpy(outcome->after, worker->text);
}

/* Makes the rename in all three copies. If the kernel fails, its copy counts as unchanged. */
static void ask_all(struct worker *worker)
{
    const struct request *const request = &worker->request;
    struct reply reply;

    ask_in(&worker->exclusive, request, BY_KERNEL_EXCLUSIVELY, &reply);
    note(worker, &worker->exclusive, &reply, reply.error == 0, &worker->by_exclusive);
    if (reply.error != 0)
        look_in(&worker->exclusive, request, &worker->by_plain.source,
                &worker->by_plain.destination);
    ask_in(&worker->plain, request, BY_KERNEL, &reply);
    note(worker, &worker->plain, &reply, reply.error == 0, &worker->by_plain);
    ask_shim(worker);
    note(worker, &worker->shim, &worker->reply, 1, &worker->by_shim);
}

/* If two things are wrong at once, an emulation may report the other one: it checks the source
 * first, the kernel checks both directories first. */
static int is_other_word(const struct worker *worker, int error)
{
    const int is = worker->by_shim.error;

    return error != 0 && (is == ENOENT || is == ENAMETOOLONG) && !worker->by_plain.source.is_there;
}

/* Whether NOCLOBBER_ALLOW_IF=symlink,empty lets the rename pass. */
static int is_excepted(const struct outcome *plain, unsigned flags)
{
    const struct end *const source = &plain->source;
    const struct end *const destination = &plain->destination;

    if (flags & RENAME_NOREPLACE || !source->is_there || !destination->is_there)
        return 0;
    if (S_ISLNK(source->mode) && S_ISLNK(destination->mode))
        return 1;
    if (S_ISDIR(source->mode))
        return S_ISDIR(destination->mode);
    return S_ISREG(destination->mode) && destination->is_empty;
}

static struct expected expect_of(const struct worker *worker)
{
    const struct outcome *const plain = &worker->by_plain;
    const struct expected expected =
        expect(options.mode, worker->request.flags, plain, &worker->by_exclusive);

    if (options.has_exceptions && expected.error == EEXIST &&
        is_excepted(plain, worker->request.flags))
        return as("an exception: as plain", plain);
    return expected;
}

/* Returns what is wrong with the library's answer, or NULL. */
static const char *judge(const struct worker *worker, struct expected *expected)
{
    const struct outcome *const shim = &worker->by_shim;
    const unsigned flags = worker->request.flags;
    const char *const wrong = contradiction(&worker->by_plain, &worker->by_exclusive);

    *expected = expect_of(worker);
    if (wrong && options.mode == DECIDE_ENFORCE && (flags & ~(unsigned)RENAME_NOREPLACE) == 0)
        return wrong;
    if (shim->error != expected->error &&
        !(is_emulated() && is_other_word(worker, expected->error)))
        return "another answer";
    if (shim->result != (shim->error == 0 ? 0 : -1))
        return "neither 0 nor -1";
    if (shim->error == 0 && !shim->kept)
        return "success touched errno";
    return strcmp(shim->after, expected->tree) != 0 ? "another tree" : NULL;
}

#endif
