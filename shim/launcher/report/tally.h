/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_TALLY_H
#define NOCLOBBER_LAUNCHER_REPORT_TALLY_H

/* The events and changes of a run, counted: every format of the summary is made from this. */

#include <stddef.h>

#include "launcher/options.h"
#include "launcher/records/records.h"
#include "launcher/run/run.h"
#include "launcher/suggest/suggest.h"
#include "launcher/verify/verify.h"

/* One destination and what happened to it. */
struct tally_place {
    const struct record *first; /* the first of its events: program, source, rule */
    unsigned long times;        /* including repetitions that were not written */
};

/* A rule that allowed something. */
struct tally_exception {
    const char *rule;
    unsigned long times;
};

struct tally {
    const struct options *options;
    const struct policy *policy;
    const struct changes *changes;
    const struct run_result *result;
    const struct records *records;
    const struct suggestion *suggestion;
    int status;

    unsigned long times[EVENT_ALLOWED + 1]; /* renames, by verdict */
    struct tally_place
        *places[EVENT_ALLOWED + 1];        /* each destination once, in order of appearance */
    size_t place_count[EVENT_ALLOWED + 1]; /* and how many */
    struct tally_exception *exceptions;    /* each rule of an allowed rename once */
    size_t exception_count;
    struct tally_place *storage; /* of all places */
};

/* How many items of a list the text formats show. */
#define TALLY_SHOWN ((size_t)50)

/*
 * Counts `tally->records`. The caller has filled in the fields up to `status`. Returns 0, or
 * -ENOMEM. Free with tally_free.
 */
int tally_make(struct tally *tally);

/* Frees what tally_make allocated; the fields up to `status` belong to the caller. */
void tally_free(struct tally *tally);

/* Returns "replaced", "truncated", ... */
const char *tally_change_name(enum change_kind kind);

/*
 * What --restore did about a change, to be written after its name: ", restored", …; "" without
 * --restore.
 */
const char *tally_back_name(enum change_back back);

/* What the path in `beside` of such a change names: "other version" or "original". */
const char *tally_beside_name(enum change_back back);

/* Returns "" for one, "s" for any other number. */
const char *tally_plural(unsigned long count);

#endif
