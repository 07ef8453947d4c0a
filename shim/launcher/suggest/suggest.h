/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H
#define NOCLOBBER_LAUNCHER_SUGGEST_SUGGEST_H

/*
 * After an audit: the few options that would have allowed what was replaced.
 *
 * Each place gets an --allow; a place that a protect pattern names gets an --allow-if, if every
 * rename there was such a case. The text says what else each option allows.
 */

#include <stdio.h>

#include "core/policy.h"
#include "launcher/records/records.h"
#include "launcher/suggest/fold.h"

struct suggestion {
    const struct policy_patterns *named; /* the protect patterns */
    struct fold allow;                   /* for --allow */
    unsigned allow_if;                   /* for --allow-if: bits as in policy.allow_if */
};

/*
 * Makes the suggestion; it is empty if nothing was audited or no exception would help. Points
 * into both arguments, which must outlive it. Returns 0, or -ENOMEM. Free with suggest_free,
 * after an error too.
 */
int suggest_make(const struct records *records, const struct policy_patterns *named,
                 struct suggestion *suggestion);

/* Whether the suggestion has any option: 1 or 0. */
int suggest_has(const struct suggestion *suggestion);

/*
 * Writes the suggestion as text: one line to paste into a shell, of at most FOLD_SHOWN places,
 * and what it allows.
 */
void suggest_text(FILE *out, const struct suggestion *suggestion);

/* Frees what suggest_make allocated. */
void suggest_free(struct suggestion *suggestion);

#endif
