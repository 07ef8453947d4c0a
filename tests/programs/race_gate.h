/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_RACE_GATE_H
#define NOCLOBBER_TESTS_RACE_GATE_H

/*
 * Where racers gather, threads and processes alike: it lies in shared memory. And a line from which
 * those start together that have a processor at that moment.
 */

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

#include "preload/raw.h"

#define GATE_SPINS 4000
#define GATE_WAKE                                                                                  \
    200000             /* nanoseconds that who slept before the gate may take to come to the line */
#define GATE_STEP 5000 /* and who ran already */

struct gate {
    _Atomic unsigned arrived;
    _Atomic unsigned generation;
};

/* Nanoseconds of a clock that all racers share. */
static inline long long gate_clock(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static inline void gate_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* Waits until all have come. Returns 1 to the last, who must call gate_open, and 0 to the others
 * when it has done so. */
static inline int gate_wait(struct gate *gate, unsigned all)
{
    const unsigned generation = atomic_load(&gate->generation);

    if (atomic_fetch_add(&gate->arrived, 1) + 1 == all)
        return 1;
    for (int i = 0; i < GATE_SPINS && atomic_load(&gate->generation) == generation; i++)
        gate_pause();
    while (atomic_load(&gate->generation) == generation)
        raw_call(SYS_futex, (long)&gate->generation, FUTEX_WAIT, (long)generation, 0, 0, 0);
    return 0;
}

static inline void gate_open(struct gate *gate, unsigned all)
{
    atomic_store(&gate->arrived, 0);
    atomic_fetch_add(&gate->generation, 1);
    raw_call(SYS_futex, (long)&gate->generation, FUTEX_WAKE, (long)all, 0, 0, 0);
}

/* Waits until `wanted` have come to the line, for a moment: more than there are processors can't be
 * there at once, and a processor may be lent to somebody else. */
static inline void gate_line_up(_Atomic unsigned *at_line, unsigned wanted, int patience)
{
    const long long until = gate_clock() + patience;

    atomic_fetch_add(at_line, 1);
    while (atomic_load(at_line) < wanted && gate_clock() < until)
        gate_pause();
}

#endif
