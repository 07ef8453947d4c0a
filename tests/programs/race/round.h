/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_RACE_ROUND_H
#define NOCLOBBER_TESTS_RACE_ROUND_H

/* The options of a race, and what racers report in shared memory. A heat is SLOTS rounds. */

#include "programs/race/gate.h"
#include "programs/race/ground.h"

#define RACERS_MAX 8

enum adversary { NONE, CREATE, PLAIN, APPEND };
enum field { FILES, DIRECTORIES, MIXED };

static struct {
    unsigned racers; /* without the adversary */
    unsigned all;
    unsigned rounds;
    unsigned cores;
    unsigned abreast; /* how many can start at once */
    enum field field;
    enum adversary adversary;
    long long until; /* by the gate's clock; 0: no limit */
} options;

/* What a racer did in a round. */
struct lap {
    int answer;
    long long begin;
    long long end;
};

static struct shared {
    struct gate start;
    struct gate finish;
    int is_over;    /* for this stage */
    unsigned first; /* round of this heat */
    unsigned last;  /* round of this stage */
    unsigned contended;
    _Atomic unsigned failures;
    _Atomic unsigned at_line[SLOTS];
    struct lap laps[RACERS_MAX + 1][SLOTS];
} * shared;

/* What a racer renames in that slot in this heat. */
static enum kind kind_of(unsigned slot, unsigned racer)
{
    const unsigned round = shared->first + slot;

    if (options.field != MIXED)
        return options.field == FILES ? A_FILE : A_DIRECTORY;
    switch (round % 3) {
    case 0: return A_FILE;
    case 1: return A_DIRECTORY;
    default: return (racer + round / 3) % 2 ? A_FILE : A_DIRECTORY;
    }
}

#endif
