/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RECORDS_RECORDS_H
#define NOCLOBBER_LAUNCHER_RECORDS_RECORDS_H

/* Events read back from a log: the inverse of core/event.h. */

#include <stddef.h>

#include "core/event.h"

/* Strings are the exact bytes, owned by `struct records`. */
struct record {
    enum event_verdict verdict;
    char *rule;           /* "default", "protect:dist/", "allow_if:same" ... */
    enum event_rule kind; /* what `rule` says */
    const char *pattern;  /* the pattern in it; NULL: none */
    char *source;
    char *destination;
    char *program;
    enum event_rule unless; /* EVENT_RULE_DEFAULT: none */
    struct event_state left;
    int has_left; /* `left` is what the event says */
    unsigned long repeated;
};

struct records {
    struct record *list; /* in the order of the log */
    size_t count;
    int is_incomplete; /* a refusal could not be written: POLICY_REPORT_WHOLE */
    size_t damaged;    /* lines that are no event (a torn write); the others are good */
};

/* Reads the log at `path`. A log that is not there is empty. Returns 0, or -errno. Free with records_free. */
int records_read(const char *path, struct records *records);
void records_free(struct records *records);

#endif
