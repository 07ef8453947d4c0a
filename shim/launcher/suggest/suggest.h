/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H
#define NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H

/*
 * After an audit: the few options that would have let through what was seen.
 *
 * Places are named, by --allow. A place that a protect pattern names is opened as little as can be: by --allow-if if all
 * that was seen there was such a case. Either says what else it opens.
 */

#include <stdio.h>

#include "core/policy.h"
#include "launcher/records/records.h"
#include "launcher/suggest/fold.h"

struct suggestion {
    const struct policy_patterns *named; /* the protect patterns */
    struct fold allow;                   /* for --allow */
    unsigned allow_if; /* for --allow-if: a bit for each of suggest_case's numbers */
};

enum { SUGGEST_CASES = 2 };

/* "symlink", "empty": the name of case `number`, from 0 on. */
const char *suggest_case(int number);

/* Makes the suggestion, which points to both arguments: nothing if nothing was audited, or no exception would help.
 * Returns 0, or -ENOMEM. Free with suggest_free, after an error too. */
int suggest_make(const struct records *records, const struct policy_patterns *named,
                 struct suggestion *suggestion);

/* Whether there is anything: 1 or 0. */
int suggest_has(const struct suggestion *suggestion);

/* Writes it for a person: one line to paste into a shell, of FOLD_SHOWN places at most, and what it opens. */
void suggest_text(FILE *out, const struct suggestion *suggestion);

/* Frees what suggest_make allocated. */
void suggest_free(struct suggestion *suggestion);

#endif
