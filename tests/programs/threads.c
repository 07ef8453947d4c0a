/* SPDX-License-Identifier: MIT */
/*
 * THREADS threads at once, ROUNDS times each: a rename that is refused, one that the policy allows
 * (below free/), and one without collision. Then all race for one destination, which exactly one
 * gets.
 */
#include "host.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>

#define THREADS 64
#define ROUNDS 10

static pthread_barrier_t start;
static atomic_int winners[ROUNDS];

struct names {
    char source[64];
    char guarded[64];
    char allowed[64];
    char vacant[64];
    char prize[64];
};

static void name(struct names *names, int thread, int round)
{
    snprintf(names->source, sizeof names->source, "source.%d.%d", thread, round);
    snprintf(names->guarded, sizeof names->guarded, "guarded.%d.%d", thread, round);
    snprintf(names->allowed, sizeof names->allowed, "free/%d.%d", thread, round);
    snprintf(names->vacant, sizeof names->vacant, "vacant.%d.%d", thread, round);
    snprintf(names->prize, sizeof names->prize, "prize.%d", round);
}

static void race(const char *source, const char *prize, int round)
{
    errno = UNTOUCHED;
    if (answer_of(rename(source, prize), prize) == 0)
        atomic_fetch_add(&winners[round], 1);
    else
        check(errno == EEXIST, "who does not win is told EEXIST");
}

static void run(int thread, int round)
{
    struct names names;

    name(&names, thread, round);
    put(names.source, names.source);
    put(names.guarded, "guarded");
    put(names.allowed, "allowed");
    expect(EEXIST, names.source, names.guarded);
    holds(names.guarded, "guarded");
    expect(0, names.source, names.allowed);
    holds(names.allowed, names.source);
    expect(0, names.allowed, names.vacant);
    holds(names.vacant, names.source);
    race(names.vacant, names.prize, round);
}

static void *work(void *thread)
{
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&start);
        run((int)(intptr_t)thread, round);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    mkdir("free", 0755);
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i) == 0, "a thread");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int round = 0; round < ROUNDS; round++)
        if (atomic_load(&winners[round]) != 1)
            fail("winners of", "a round", atomic_load(&winners[round]), 1);
    return 0;
}
