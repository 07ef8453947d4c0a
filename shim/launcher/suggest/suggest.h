/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H
#define NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H

/*
 * After an audit: the few options that would have let through exactly what was seen.
 *
 * Where everything is guarded they name places, by --allow, which the next run finds again. What a
 * --protect names is opened as little as can be: by --allow-if, where all that was seen there was
 * such a case, else by --allow, and either is said.
 */

#include <stdio.h>

#include "launcher/options.h"
#include "launcher/records/records.h"
#include "launcher/suggest/generalise.h"

struct suggestion {
    const struct records *records;
    const struct options *options;
    struct generalised allow; /* patterns for --allow */
    unsigned allow_if;        /* for --allow-if: a bit for each of suggest_case's numbers */
};

enum { SUGGEST_CASES = 3 };

/* "same", "symlink", "empty": the name of case `number`, from 0 on. */
const char *suggest_case(int number);

/* Makes the suggestion, which points to both arguments: nothing, where nothing was audited or no
 * exception would do. Returns 0, or -ENOMEM. Free with suggest_free, after an error too. */
int suggest_make(const struct records *records, const struct options *options,
                 struct suggestion *suggestion);

/* Whether there is anything: 1 or 0. */
int suggest_has(const struct suggestion *suggestion);

/* Writes it for a person: one line to paste into a shell, and what of --protect it would open. */
void suggest_text(FILE *out, const struct suggestion *suggestion);

void suggest_free(struct suggestion *suggestion);

#endif
