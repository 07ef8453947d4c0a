/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_RACE_GATE_H
#define NOCLOBBER_TESTS_RACE_GATE_H

/*
 * A gate at which racers, threads and processes, wait for each other; it is in shared memory. And a
 * line from which those start together that have a processor at that moment.
 */

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

#include "preload/raw.h"

#define GATE_SPINS 4000
#define GATE_WAKE 200000 /* nanoseconds for a racer that slept at the gate to reach the line */
#define GATE_STEP 5000   /* and for one that was running */

struct gate {
    _Atomic unsigned arrived;
    _Atomic unsigned generation;
};

/* The time in nanoseconds, the same for all racers. */
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

/* Waits until all have arrived. Returns 1 in the last one, which must call gate_open; 0 in the
 * others, once it has done so. */
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

/* Waits briefly until `wanted` racers are at the line. No more can be there at once than there are
 * processors, and another program may be using one. */
static inline void gate_line_up(_Atomic unsigned *at_line, unsigned wanted, int patience)
{
    const long long until = gate_clock() + patience;

    atomic_fetch_add(at_line, 1);
    while (atomic_load(at_line) < wanted && gate_clock() < until)
        gate_pause();
}

#endif
