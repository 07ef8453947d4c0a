/* SPDX-License-Identifier: MIT */
#include "launcher/report/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

/* Sorts events of one verdict and destination together, in the order of the log. */
static int compare_events(const void *one, const void *other)
{
    const struct record *const a = ((const struct tally_place *)one)->first;
    const struct record *const b = ((const struct tally_place *)other)->first;
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

/*
 * Merges the sorted events with the verdict of the first into places, in place. Returns how many
 * events there were.
 */
static size_t count_verdict(struct tally *tally, struct tally_place *events, size_t count)
{
    const enum event_verdict verdict = events[0].first->verdict;
    size_t last = 0;
    size_t i;

    for (i = 0; i < count && events[i].first->verdict == verdict; i++) {
        const struct tally_place event = events[i];

        tally->times[verdict] += event.times;
        if (i == 0)
            continue;
        if (strcmp(events[last].first->destination, event.first->destination) == 0)
            events[last].times += event.times;
        else
            events[++last] = event;
    }
    qsort(events, last + 1, sizeof *events, compare_places);
    tally->places[verdict] = events;
    tally->place_count[verdict] = last + 1;
    return i;
}

/* ---- exceptions ---- */

/* Linear: there are no more rules than patterns, which are few. */
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

static void count_places(struct tally *tally)
{
    const size_t count = tally->records->count;
    struct tally_place *const places = tally->storage;
    size_t done = 0;

    for (size_t i = 0; i < count; i++) {
        const struct record *const record = &tally->records->list[i];

        places[i] = (struct tally_place){record, 1 + record->repeated};
    }
    qsort(places, count, sizeof *places, compare_events);
    while (done < count)
        done += count_verdict(tally, places + done, count - done);
}

int tally_make(struct tally *tally)
{
    const size_t count = tally->records->count;

    memset(tally->times, 0, sizeof tally->times);
    memset(tally->place_count, 0, sizeof tally->place_count);
    tally->exception_count = 0;
    tally->storage = calloc(count + 1, sizeof *tally->storage);
    tally->exceptions = calloc(count + 1, sizeof *tally->exceptions);
    if (!tally->storage || !tally->exceptions) {
        tally_free(tally);
        return -ENOMEM;
    }
    for (int i = 0; i <= EVENT_ALLOWED; i++)
        tally->places[i] = tally->storage;
    count_places(tally);
    count_exceptions(tally);
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
    case CHANGE_FORGIVEN: break;
    }
    return "";
}

const char *tally_back_name(enum change_back back)
{
    switch (back) {
    case CHANGE_LEFT: break;
    case CHANGE_BACK: return ", restored";
    case CHANGE_BACK_PARTLY: return ", restored except for owner, attributes or a hard link";
    case CHANGE_NOT_BACK: return ", not restored";
    }
    return "";
}

const char *tally_beside_name(enum change_back back)
{
    return back == CHANGE_NOT_BACK ? "original" : "other version";
}

const char *tally_plural(unsigned long count)
{
    return count == 1 ? "" : "s";
}
