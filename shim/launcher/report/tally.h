/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_TALLY_H
#define NOCLOBBER_LAUNCHER_REPORT_TALLY_H

/* What happened in a run, counted: what every format of the report is made from. */

#include <stddef.h>

#include "launcher/options.h"
#include "launcher/records/records.h"
#include "launcher/run/run.h"
#include "launcher/suggest/suggest.h"
#include "launcher/verify/verify.h"

/* One destination and what happened to it. */
struct tally_place {
    const struct record *first; /* the first of its events: program, source, rule */
    unsigned long times;        /* the unwritten repetitions too */
};

/* A rule that let something through. */
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

/* What formats for people list of a kind at most. */
#define TALLY_SHOWN ((size_t)50)

/* Counts `tally->records`; the fields at the top are the caller's. Returns 0, or -ENOMEM.
 * Free with tally_free. */
int tally_make(struct tally *tally);
void tally_free(struct tally *tally);

/* "replaced", "truncated", … */
const char *tally_change_name(enum change_kind kind);

/* What --restore has made of a change, behind its name: ", restored", …; "" without it. */
const char *tally_back_name(enum change_back back);

/* What is under the name that `beside` of such a change gives: "other version" or "original". */
const char *tally_beside_name(enum change_back back);

/* "" for one, "s" for any other number. */
const char *tally_plural(unsigned long count);

#endif
