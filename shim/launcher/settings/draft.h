/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SETTINGS_DRAFT_H
#define NOCLOBBER_LAUNCHER_SETTINGS_DRAFT_H

/* A policy while it is being put together: one value for each variable of the library. */

enum draft_variable {
    DRAFT_PROTECT,
    DRAFT_ALLOW,
    DRAFT_ALLOW_IF,
    DRAFT_MODE,
    DRAFT_ON_REFUSAL,
    DRAFT_FALLBACK,
    DRAFT_LOG,
    DRAFT_COUNT,
};

struct draft {
    char *values[DRAFT_COUNT]; /* allocated; NULL: not set */
    int protects_all;          /* PROTECT stays unset, whatever is in its list */
};

/* Where a setting comes from. */
struct draft_origin {
    const char *where;     /* for messages: "--protect", "FILE:LINE" */
    const char *directory; /* absolute, resolved: what relative paths begin at */
};

/* The name that the library knows the variable by, "NOCLOBBER_" included. */
const char *draft_name(enum draft_variable variable);

/* Sets a value, or adds it to one that is a list. Returns 0 or -ENOMEM. */
int draft_put(struct draft *draft, enum draft_variable variable, const char *value);

/* Applies a setting by the name of its long option, without dashes; `value` may be NULL. Returns 0, or
 * -EINVAL or -ENOMEM after a line on stderr. */
int draft_apply(struct draft *draft, const struct draft_origin *origin, const char *name,
                const char *value);

void draft_free(struct draft *draft);

#endif
