/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_DRAFT_H
#define NOCLOBBER_LAUNCHER_SETTINGS_DRAFT_H

/* The NOCLOBBER_ variables while they are put together from environment, policy file and options. */

#include "launcher/settings/table.h"

struct draft {
    char *values[VARIABLE_COUNT]; /* allocated; NULL: not set */
    int protects_all;             /* PROTECT stays unset, whatever is in its list */
    int is_mode_chosen;           /* MODE is not what the environment says */
};

/* Where a setting comes from. */
struct draft_origin {
    const char *where;     /* for messages: "--protect", "FILE:LINE" */
    const char *directory; /* absolute, resolved: what relative paths begin at */
};

/* Sets a value, or adds it to one that is a list. Returns 0 or -ENOMEM. */
int draft_put(struct draft *draft, enum setting_variable variable, const char *value);

/* Applies a setting that has a variable; `value` may be NULL. Returns 0, -ENOMEM, or -EINVAL after a line on stderr. */
int draft_apply(struct draft *draft, const struct draft_origin *origin,
                const struct setting *setting, const char *value);

/* Frees the values. */
void draft_free(struct draft *draft);

#endif
