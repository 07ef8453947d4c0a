/* SPDX-License-Identifier: MIT */
#include "launcher/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

/* Events of one verdict and destination stand together, in the order of the log. */
static int compare_events(const void *one, const void *other)
{
    const struct record *const a = *(const struct record *const *)one;
    const struct record *const b = *(const struct record *const *)other;
    const int order = strcmp(a->destination, b->destination);

    if (a->verdict != b->verdict)
        return a->verdict < b->verdict ? -1 : 1;
    return order != 0 ? order : (a > b) - (a < b);
}

static int compare_places(const void *one, const void *other)
{
    const struct record *const a = ((const struct tally_place *)one)->first;
    const struct record *const b = ((const struct tally_place *)other)->first;

    return (a > b) - (a < b);
}

static int is_same_place(const struct record *one, const struct record *other)
{
    return one->verdict == other->verdict && strcmp(one->destination, other->destination) == 0;
}

/* Goes through the sorted events of one verdict. Returns how many there are. */
static size_t count_verdict(struct tally *tally, const struct record **events, size_t count,
                            struct tally_place *places)
{
    const enum event_verdict verdict = events[0]->verdict;
    size_t place_count = 0;
    size_t i;

    for (i = 0; i < count && events[i]->verdict == verdict; i++) {
        if (i == 0 || !is_same_place(events[i - 1], events[i]))
            places[place_count++] = (struct tally_place){events[i], 0};
        places[place_count - 1].times += 1 + events[i]->repeated;
        tally->times[verdict] += 1 + events[i]->repeated;
    }
    qsort(places, place_count, sizeof *places, compare_places);
    tally->places[verdict] = places;
    tally->place_count[verdict] = place_count;
    return i;
}

/* ---- exceptions ---- */

/* There are never more rules than there are patterns, which are few. */
static void count_exception(struct tally *tally, const struct record *record)
{
    size_t i = 0;

    while (i < tally->exception_count && strcmp(tally->exceptions[i].rule, record->rule) != 0)
        i++;
    if (i == tally->exception_count)
        tally->exceptions[tally->exception_count++] = (struct tally_exception){record->rule, 0};
    tally->exceptions[i].times += 1 + record->repeated;
}

static void count_exceptions(struct tally *tally)
{
    for (size_t i = 0; i < tally->records->count; i++) {
        if (tally->records->list[i].verdict == EVENT_ALLOWED)
            count_exception(tally, &tally->records->list[i]);
    }
}

/* ---- all ---- */

static void count_places(struct tally *tally, const struct record **events,
                         struct tally_place *places)
{
    const size_t count = tally->records->count;
    size_t done = 0;

    for (size_t i = 0; i < count; i++)
        events[i] = &tally->records->list[i];
    qsort(events, count, sizeof *events, compare_events);
    while (done < count)
        done += count_verdict(tally, events + done, count - done, places + done);
}

int tally_make(struct tally *tally)
{
    const size_t count = tally->records->count;
    const struct record **const events = calloc(count + 1, sizeof *events);
    struct tally_place *const places = calloc(count + 1, sizeof *places);

    memset(tally->times, 0, sizeof tally->times);
    memset(tally->place_count, 0, sizeof tally->place_count);
    /* One block for all three; before the first event of a verdict they are empty and begin at its front. */
    for (int i = 0; i <= EVENT_ALLOWED; i++)
        tally->places[i] = places;
    tally->exceptions = calloc(count + 1, sizeof *tally->exceptions);
    tally->exception_count = 0;
    tally->storage = places;
    if (!events || !places || !tally->exceptions) {
        free(events);
        tally_free(tally);
        return -ENOMEM;
    }
    count_places(tally, events, places);
    count_exceptions(tally);
    free(events);
    return 0;
}

void tally_free(struct tally *tally)
{
    free(tally->storage);
    free(tally->exceptions);
    tally->storage = NULL;
    tally->exceptions = NULL;
}

const char *tally_change_name(enum change_kind kind)
{
    switch (kind) {
    case CHANGE_REPLACED: return "replaced";
    case CHANGE_TRUNCATED: return "truncated";
    case CHANGE_CHANGED: return "changed";
    case CHANGE_REMOVED: return "removed";
    }
    return "";
}

const char *tally_plural(unsigned long count)
{
    return count == 1 ? "" : "s";
}
