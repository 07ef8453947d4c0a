/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_DRAFT_H
#define NOCLOBBER_LAUNCHER_SETTINGS_DRAFT_H

/* The NOCLOBBER_ variables while they are assembled from environment, policy file and options. */

#include "launcher/settings/table.h"

struct draft {
    char *values[VARIABLE_COUNT]; /* allocated; NULL: not set */
    int protects_all;             /* PROTECT will mean everything, whatever is in its list */
    int is_mode_chosen;           /* MODE was set by a policy file or an option */
};

/* Where a setting comes from. */
struct draft_origin {
    const char *where;     /* for messages: "--protect", "FILE:LINE" */
    const char *directory; /* absolute, resolved: relative paths begin here */
};

/* Sets a variable, or appends to it if it is a list. Copies `value`. Returns 0 or -ENOMEM. */
int draft_put(struct draft *draft, enum setting_variable variable, const char *value);

/*
 * Checks and applies a setting that has a variable. `value` is NULL if the setting has none.
 * Returns 0, -ENOMEM, or -EINVAL after a line on stderr that names `origin->where`.
 */
int draft_apply(struct draft *draft, const struct draft_origin *origin,
                const struct setting *setting, const char *value);

/* Frees the values. An all-zero draft may be freed too. */
void draft_free(struct draft *draft);

#endif
