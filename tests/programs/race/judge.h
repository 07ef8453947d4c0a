/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_RACE_JUDGE_H
#define NOCLOBBER_TESTS_RACE_JUDGE_H

/* Checks the result of a round. Prints what is wrong, and counts it in `shared->failures`. */

#include <errno.h>

#include "programs/race/round.h"

static void fail(unsigned slot, const char *what, int is)
{
    if (atomic_fetch_add(&shared->failures, 1) < 10)
        dprintf(STDOUT_FILENO, "not ok round %u: %s: %d\n", shared->first + slot, what, is);
}

/* Whether a loser with a source of that kind may get this result. */
static int is_refusal(int answer, enum kind kind)
{
    if (answer == EEXIST)
        return 1;
    return options.field == MIXED && answer == (kind == A_FILE ? EISDIR : ENOTDIR);
}

/* A loser must still have its source, a winner must not. Each racer checks its own. */
static void judge_racer(unsigned slot, unsigned racer)
{
    const int answer = shared->laps[racer][slot].answer;
    const enum kind kind = kind_of(slot, racer);

    if (racer == options.racers)
        return;
    if (answer == 0 && access(source_of(slot, racer, kind).text, F_OK) == 0)
        fail(slot, "a winner's source remains", (int)racer);
    if (answer != 0 && !is_refusal(answer, kind))
        fail(slot, "a loser was told", answer);
    if (answer != 0 && !is_in_place(slot, racer, kind))
        fail(slot, "the source is lost of racer", (int)racer);
}

/* The racer under the library that won, or NOBODY. */
static int winner_of(unsigned slot)
{
    int winner = NOBODY;
    int winners = 0;

    for (unsigned i = 0; i < options.racers; i++) {
        if (shared->laps[i][slot].answer == 0) {
            winner = (int)i;
            winners++;
        }
    }
    if (winners > 1)
        fail(slot, "winners", winners);
    return winner;
}

/* Exactly one must have won, counting the adversary. */
static void judge_one(unsigned slot, int winner, int at)
{
    const int is_beaten =
        options.adversary == CREATE && shared->laps[options.racers][slot].answer == 0;

    if ((winner == NOBODY) != is_beaten)
        fail(slot, "beside the adversary there won", winner);
    if (at != winner)
        fail(slot, "the destination has the bytes of", at);
}

/* An adversary that replaces: if it succeeds, its file must be there in the end. */
static void judge_replaced(unsigned slot, int winner, int at)
{
    const unsigned adversary = options.racers;
    const int answer = shared->laps[adversary][slot].answer;

    if (answer == 0 && at != (int)adversary)
        fail(slot, "the adversary's was replaced by that of", at);
    if (answer != 0 && !is_in_place(slot, adversary, kind_of(slot, adversary)))
        fail(slot, "the adversary's source is lost", answer);
    if (answer != 0 && (winner == NOBODY || at != winner))
        fail(slot, "nobody's bytes are at the destination", at);
}

/* What was appended must be there. If that made the file, or filled the directory of an emulation,
 * nobody else may have won. */
static void judge_appended(unsigned slot, int winner, int at)
{
    const int is_appended = shared->laps[options.racers][slot].answer == 0;
    const enum kind kind = kind_of(slot, options.racers);

    if (winner == NOBODY && !is_appended)
        fail(slot, "nobody won, and nothing was appended", at);
    if (at != winner)
        fail(slot, "the destination has the bytes of", at);
    if (is_appended && !is_appended_to(destination_of(slot).text, kind))
        fail(slot, "what was appended is lost", winner);
}

static void judge(unsigned slot)
{
    const int winner = winner_of(slot);
    const int at = owner(destination_of(slot).text);

    switch (options.adversary) {
    case NONE:
    case CREATE: judge_one(slot, winner, at); break;
    case PLAIN: judge_replaced(slot, winner, at); break;
    case APPEND: judge_appended(slot, winner, at); break;
    }
}

/* Whether another call was in progress during the winner's, or during the first one's if nobody
 * won. */
static int is_contended(unsigned slot)
{
    const struct lap *won = &shared->laps[0][slot];

    for (unsigned i = 0; i < options.all; i++)
        if (shared->laps[i][slot].answer == 0)
            won = &shared->laps[i][slot];
    for (unsigned i = 0; i < options.all; i++) {
        const struct lap *const lap = &shared->laps[i][slot];

        if (lap != won && lap->begin < won->end && won->begin < lap->end)
            return 1;
    }
    return 0;
}

#endif
