/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RECORDS_RECORDS_H
#define NOCLOBBER_LAUNCHER_RECORDS_RECORDS_H

/* Events read back from a log: the inverse of core/event.h. */

#include <stddef.h>

#include "core/event.h"

/* One event. Strings are the exact bytes and belong to struct records. */
struct record {
    enum event_verdict verdict;
    char *rule;           /* "default", "protect:dist/", "allow_if:same" ... */
    enum event_rule kind; /* the kind of `rule` */
    const char *pattern;  /* its pattern, or NULL */
    char *source;
    char *destination;
    char *program;
    enum event_rule unless; /* the case that would have allowed it; EVENT_RULE_DEFAULT: none */
    struct event_state left;
    int has_left; /* the event has `left` */
    unsigned long repeated;
};

struct records {
    struct record *list; /* in the order of the log */
    size_t count;
    int is_incomplete; /* a refusal could not be recorded: see POLICY_REPORT_WHOLE */
    size_t damaged;    /* lines that are not an event (a torn write) */
};

/*
 * Reads the log at `path`; no file counts as empty. Returns 0, or -errno. Free with records_free,
 * after an error too.
 */
int records_read(const char *path, struct records *records);

/* Frees what records_read allocated. All-zero records may be freed too. */
void records_free(struct records *records);

#endif
