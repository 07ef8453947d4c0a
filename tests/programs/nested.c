/* SPDX-License-Identifier: MIT */
/*
 * A rename on the slow path is interrupted by a handler that also renames on the slow path
 * (tests/fault/libraries/interrupt.c sends the signal); also from many threads at once.
 */
#include "host.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>

#define THREADS 8

static volatile sig_atomic_t runs;

static void handler(int number)
{
    const int before = errno;

    (void)number;
    expect(EEXIST, "inner.new", "inner.old");
    expect(0, "inner.here", "inner.there");
    expect(0, "inner.there", "inner.here");
    runs = 1;
    errno = before;
}

static void *be_refused(void *thread)
{
    char name[32];

    snprintf(name, sizeof name, "old.%d", (int)(intptr_t)thread);
    put(name, name);
    for (int i = 0; i < 20; i++)
        expect(EEXIST, "new", name);
    holds(name, name);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    put("new", "new");
    put("old", "old");
    put("inner.new", "inner");
    put("inner.old", "old");
    put("inner.here", "inner");
    signal(SIGUSR1, handler);
    expect(EEXIST, "new", "old");
    check(runs == 1, "the handler ran in the middle of a rename");
    signal(SIGUSR1, SIG_IGN);
    for (int i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], NULL, be_refused, (void *)(intptr_t)i) == 0, "a thread");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    holds("old", "old");
    holds("inner.old", "old");
    return 0;
}
