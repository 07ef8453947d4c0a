/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_FOLD_H
#define NOCLOBBER_LAUNCHER_SUGGEST_FOLD_H

/*
 * Few places for many destinations. A directory that saw three names becomes all its names; one in which three
 * directories or more saw something becomes the tree. Neither for a directory that holds the working directory or $HOME,
 * nor for one near the root (`/usr/lib/`) outside of both; of such a one, all names where more than FOLD_SHOWN were seen.
 */

#include <stddef.h>

#include "launcher/records/records.h"

/* As many places as a person reads. */
#define FOLD_SHOWN ((size_t)20)

enum fold_kind {
    FOLD_NAME,  /* one destination */
    FOLD_NAMES, /* every name in a directory */
    FOLD_TREE,  /* all below a directory */
};

struct fold_item {
    enum fold_kind kind;
    const char *path; /* a destination; of it, */
    size_t length;    /* so many bytes are the name or the directory */
    char *pattern;    /* anchored (core/pattern.h): matches all that was folded */
    size_t first;     /* the records that were folded are among these, */
    size_t count;     /* so many from `first` on */
    size_t seen;      /* how many destinations they are */
};

struct fold {
    struct fold_item *list; /* in the order of their paths */
    size_t count;
};

/*
 * Sorts `records` by destination (absolute and resolved) and folds those that `is_place` does not answer 0 for. `bounds`
 * are `bound_count` directories, absolute and resolved, that no place may hold. Takes time in proportion to the length of
 * all paths (beside the sorting). Returns 0, or -ENOMEM. Free with fold_free, after an error too.
 */
int fold_make(const struct record **records, size_t count,
              int (*is_place)(const struct record *record), const char *const *bounds,
              size_t bound_count, struct fold *out);

/* Whether the item's pattern covers `path`, a destination of its records: 1 or 0. */
int fold_covers(const struct fold_item *item, const char *path);

/* Frees the patterns and the list. */
void fold_free(struct fold *fold);

#endif
