/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_SUGGEST_FOLD_H
#define NOCLOBBER_LAUNCHER_SUGGEST_FOLD_H

/*
 * Folds many destinations into few places. A directory in which at least three names were
 * replaced becomes all its names; one with at least three such directories becomes the tree. A
 * directory that holds the working directory or $HOME is not folded, nor is one near the root
 * (`/usr/lib/`) outside of both, except that more than FOLD_SHOWN names in one become all its
 * names.
 */

#include <stddef.h>

#include "launcher/records/records.h"

/* The most places that a suggestion shows. */
#define FOLD_SHOWN ((size_t)20)

enum fold_kind {
    FOLD_NAME,  /* one destination */
    FOLD_NAMES, /* every name in a directory */
    FOLD_TREE,  /* all below a directory */
};

struct fold_item {
    enum fold_kind kind;
    const char *path; /* a destination */
    size_t length;    /* of the name or the directory at its start */
    char *pattern;    /* anchored (core/pattern.h): matches everything folded here */
    size_t first;     /* index of the first record folded here */
    size_t count;     /* how many records from `first` on */
    size_t seen;      /* how many destinations */
};

struct fold {
    struct fold_item *list; /* in the order of their paths */
    size_t count;
};

/*
 * Sorts `records` by destination (absolute and resolved) and folds those for which `is_place` is
 * nonzero. `bounds` are `bound_count` directories, absolute and resolved, that no place may
 * contain. Apart from sorting, the time is proportional to the length of all paths. Returns 0, or
 * -ENOMEM. Free with fold_free, after an error too.
 */
int fold_make(const struct record **records, size_t count,
              int (*is_place)(const struct record *record), const char *const *bounds,
              size_t bound_count, struct fold *out);

/* Whether the item's pattern covers `path`, a destination of its records: 1 or 0. */
int fold_covers(const struct fold_item *item, const char *path);

/* Frees the patterns and the list. */
void fold_free(struct fold *fold);

#endif
