/* SPDX-License-Identifier: MIT */
#include "launcher/suggest/fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "core/utf8.h"

/* How many names, or directories, of one directory become one place. */
#define MANY 3

struct work {
    const struct record **records;
    int (*is_place)(const struct record *record);
    const char *const *bounds;
    size_t bound_count;
    struct fold *out;
};

/* ---- patterns ---- */

/* Copies one character of a name to a pattern; `out` has room for twice its bytes. Returns the
 * length in the pattern. */
static size_t put_character(const char *name, unsigned length, unsigned code, char *out)
{
    /* The pattern must survive a terminal and a shell. */
    if (utf8_is_unprintable(code)) {
        *out = '?';
        return 1;
    }
    if (strchr("*?[\\:", *name)) {
        out[0] = '\\';
        out[1] = *name;
        return 2;
    }
    memcpy(out, name, length);
    return length;
}

static char *make_pattern(const char *path, size_t length, enum fold_kind kind)
{
    static const char endings[][3] = {[FOLD_NAME] = "", [FOLD_NAMES] = "/*", [FOLD_TREE] = "/"};
    char *const pattern = malloc(2 * length + sizeof endings[0]);
    size_t used = 0;
    unsigned taken;

    for (size_t i = 0; pattern && i < length; i += taken) {
        const unsigned code = utf8_decode(path + i, &taken);

        /* pattern_fault takes a blank or a quote at the end for a mistake. */
        if (kind == FOLD_NAME && i + taken == length && strchr(" '\"", path[i]))
            pattern[used++] = '\\';
        used += put_character(path + i, taken, code, pattern + used);
    }
    if (pattern)
        memcpy(pattern + used, endings[kind], sizeof endings[kind]);
    return pattern;
}

/* ---- what may become one place ---- */

/* Whether the directory of `length` bytes at `path` is `other` or above it. */
static int holds(const char *path, size_t length, const char *other)
{
    return strncmp(path, other, length) == 0 && (other[length] == '/' || other[length] == '\0');
}

/* Whether the tree contains a bound. Its pattern may match more than its name: put_character. */
static int holds_bound(const struct work *work, const char *path, size_t length)
{
    char *const pattern = make_pattern(path, length, FOLD_TREE);
    int found = !pattern;

    for (size_t i = 0; !found && i < work->bound_count; i++)
        found = holds(path, length, work->bounds[i]) || pattern_match(pattern, work->bounds[i]);
    free(pattern);
    return found;
}

static int is_below_bound(const struct work *work, const char *path)
{
    for (size_t i = 0; i < work->bound_count; i++) {
        const size_t length = strlen(work->bounds[i]);

        if (length > 1 && holds(work->bounds[i], length, path))
            return 1;
    }
    return 0;
}

static int is_near_root(const char *path, size_t length)
{
    size_t slashes = 0;

    for (size_t i = 0; i < length; i++)
        slashes += path[i] == '/';
    return slashes < 3;
}

/* Outside the working directory and $HOME, never suggests all of /usr/lib or /etc. */
static int may_fold(const struct work *work, const char *path, size_t length)
{
    return length > 0 && !holds_bound(work, path, length) &&
           (is_below_bound(work, path) || !is_near_root(path, length));
}

/* ---- collecting ---- */

/* How many records from `first` on have the first `length` bytes of the first one, followed by
 * `next`. */
static size_t count_alike(const struct record **first, size_t count, size_t length, char next)
{
    const char *const path = first[0]->destination;
    size_t alike = 1;

    while (alike < count && strncmp(first[alike]->destination, path, length) == 0 &&
           first[alike]->destination[length] == next)
        alike++;
    return alike;
}

static void add(struct work *work, struct fold_item item)
{
    item.path = work->records[item.first]->destination;
    work->out->list[work->out->count++] = item;
}

/* Adds one destination, if it is to be suggested by place. */
static void add_name(struct work *work, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (work->is_place(work->records[i])) {
            add(work, (struct fold_item){.kind = FOLD_NAME,
                                         .length = strlen(work->records[first]->destination),
                                         .first = first,
                                         .count = count,
                                         .seen = 1});
            return;
        }
}

/* Removes, among the items from `before` on, the names directly in the directory of `length`
 * bytes. Returns how many. */
static size_t remove_names(struct work *work, size_t before, size_t length)
{
    struct fold *const out = work->out;
    size_t kept = before;
    size_t removed = 0;

    for (size_t i = before; i < out->count; i++) {
        const struct fold_item *const item = &out->list[i];

        if (item->kind == FOLD_NAME && !strchr(item->path + length + 1, '/'))
            removed++;
        else
            out->list[kept++] = *item;
    }
    out->count = kept;
    return removed;
}

/*
 * Adds items for `count` records from `first` on, all below the directory that is the first
 * `length` bytes of each. Recurses once per component; no path has more than 2048.
 */
static void collect(struct work *work, size_t first, size_t count, size_t length)
{
    const struct record **const records = work->records;
    const size_t before = work->out->count;
    size_t names = 0;
    size_t directories = 0;
    size_t seen = 0;

    for (size_t i = first; i < first + count;) {
        const char *const name = records[i]->destination + length + 1;
        const size_t end = length + 1 + strcspn(name, "/");
        const char next = records[i]->destination[end];
        const size_t alike = count_alike(records + i, first + count - i, end, next);
        const size_t at = work->out->count;

        if (next == '/') {
            collect(work, i, alike, end);
            directories += work->out->count > at;
        } else {
            add_name(work, i, alike);
            names += work->out->count > at;
        }
        for (size_t j = at; j < work->out->count; j++)
            seen += work->out->list[j].seen;
        i += alike;
    }
    if (directories >= MANY && may_fold(work, records[first]->destination, length)) {
        work->out->count = before;
        add(work,
            (struct fold_item){
                .kind = FOLD_TREE, .length = length, .first = first, .count = count, .seen = seen});
    } else if (names > FOLD_SHOWN ||
               (names >= MANY && may_fold(work, records[first]->destination, length))) {
        names = remove_names(work, before, length);
        add(work, (struct fold_item){.kind = FOLD_NAMES,
                                     .length = length,
                                     .first = first,
                                     .count = count,
                                     .seen = names});
    }
}

/* ---- the whole ---- */

static int compare(const void *one, const void *other)
{
    return strcmp((*(const struct record *const *)one)->destination,
                  (*(const struct record *const *)other)->destination);
}

int fold_make(const struct record **records, size_t count,
              int (*is_place)(const struct record *record), const char *const *bounds,
              size_t bound_count, struct fold *out)
{
    struct work work = {records, is_place, bounds, bound_count, out};

    out->count = 0;
    out->list = calloc(count + 1, sizeof *out->list);
    if (!out->list)
        return -ENOMEM;
    qsort(records, count, sizeof(void *), compare);
    if (count > 0)
        collect(&work, 0, count, 0);
    for (size_t i = 0; i < out->count; i++) {
        struct fold_item *const item = &out->list[i];

        item->pattern = make_pattern(item->path, item->length, item->kind);
        if (!item->pattern)
            return -ENOMEM;
    }
    return 0;
}

int fold_covers(const struct fold_item *item, const char *path)
{
    return item->kind != FOLD_NAMES || !strchr(path + item->length + 1, '/');
}

void fold_free(struct fold *fold)
{
    for (size_t i = 0; i < fold->count; i++)
        free(fold->list[i].pattern);
    free(fold->list);
    *fold = (struct fold){NULL, 0};
}
