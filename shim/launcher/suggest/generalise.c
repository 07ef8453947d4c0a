/* SPDX-License-Identifier: MIT */
#include "launcher/suggest/generalise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "launcher/suggest/random_name.h"

/* A place found: a destination, or a directory with all below it. */
struct item {
    const char *path;
    size_t length; /* of the path that counts */
    int is_tree;
};

struct work {
    const char **paths;
    const char *const *bounds;
    size_t bound_count;
    struct item *items;
    size_t count;
};

static int compare_paths(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* ---- bounds ---- */

/* Whether the directory of `length` bytes at `path` is `other` or above it. */
static int holds(const char *path, size_t length, const char *other)
{
    return strncmp(path, other, length) == 0 && (other[length] == '/' || other[length] == '\0');
}

static int holds_bound(const struct work *work, const char *path, size_t length)
{
    for (size_t i = 0; i < work->bound_count; i++) {
        if (holds(path, length, work->bounds[i]))
            return 1;
    }
    return 0;
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

/* The item as a pattern. Directories that hold a bound are where the run is, and stay as they
 * are. */
static char *make_pattern(const struct work *work, const struct item *item)
{
    char *const pattern = malloc(2 * item->length + 2);
    size_t used = 0;

    if (!pattern)
        return NULL;
    for (size_t at = 0; at < item->length;) {
        const char *const name = item->path + at + 1;
        const size_t length = strcspn(name, "/");

        at += 1 + length;
        pattern[used++] = '/';
        used +=
            random_name_pattern(name, length, !holds_bound(work, item->path, at), pattern + used);
    }
    if (item->is_tree)
        pattern[used++] = '/';
    pattern[used] = '\0';
    return pattern;
}

/* ---- what may be a tree ---- */

static size_t depth(const char *path, size_t length)
{
    size_t slashes = 0;

    for (size_t i = 0; i < length; i++)
        slashes += path[i] == '/';
    return slashes;
}

/* Whether the directory, as a tree, is so general that it takes in what holds a bound. */
static int matches_bound(const struct work *work, const char *path, size_t length)
{
    const struct item item = {path, length, 1};
    char *const pattern = make_pattern(work, &item);
    int found = pattern == NULL;

    for (size_t i = 0; i < work->bound_count && !found; i++)
        found = pattern_match(pattern, work->bounds[i]);
    free(pattern);
    return found;
}

/* Outside the working directory and $HOME, /usr/lib or /etc is not for one command to open. */
static int may_be_tree(const struct work *work, const char *path, size_t length)
{
    if (length == 0 || holds_bound(work, path, length))
        return 0;
    return (is_below_bound(work, path) || depth(path, length) >= 3) &&
           !matches_bound(work, path, length);
}

/* ---- collecting ---- */

/* The paths from `first` that go on below the directory of `length` bytes: how many. */
static size_t count_below(const char **first, size_t count, size_t length)
{
    size_t below = 1;

    while (below < count && strncmp(first[below], first[0], length) == 0 &&
           first[below][length] == '/')
        below++;
    return below;
}

/*
 * Adds items for `count` sorted paths below the directory that is the first `length` bytes of them
 * all. One call deeper for each component: no path has more than 2048.
 */
static void collect(struct work *work, const char **paths, size_t count, size_t length)
{
    const size_t before = work->count;
    int is_random = 0;

    for (size_t i = 0; i < count;) {
        const char *const name = paths[i] + length + 1;
        const size_t name_length = strcspn(name, "/");

        is_random |= random_name(name, name_length);
        if (name[name_length] == '/') {
            const size_t below = count_below(paths + i, count - i, length + 1 + name_length);

            is_random |= random_name_is_shard(name, name_length);
            collect(work, paths + i, below, length + 1 + name_length);
            i += below;
        } else {
            if (i == 0 || strcmp(paths[i - 1], paths[i]) != 0)
                work->items[work->count++] = (struct item){paths[i], strlen(paths[i]), 0};
            i++;
        }
    }
    if ((is_random || work->count - before >= GENERALISE_MANY) &&
        may_be_tree(work, paths[0], length)) {
        work->count = before;
        work->items[work->count++] = (struct item){paths[0], length, 1};
    }
}

/* ---- patterns ---- */

/* Several random names of a directory are one pattern. */
static int has_pattern(const struct generalised *out, const char *pattern)
{
    for (size_t i = 0; i < out->count; i++) {
        if (strcmp(out->list[i], pattern) == 0)
            return 1;
    }
    return 0;
}

static int make_patterns(const struct work *work, struct generalised *out)
{
    for (size_t i = 0; i < work->count; i++) {
        char *const pattern = make_pattern(work, &work->items[i]);

        if (!pattern)
            return -ENOMEM;
        if (has_pattern(out, pattern))
            free(pattern);
        else
            out->list[out->count++] = pattern;
    }
    return 0;
}

int generalise(const char **paths, size_t count, const char *const *bounds, size_t bound_count,
               struct generalised *out)
{
    struct work work = {paths, bounds, bound_count, calloc(count + 1, sizeof *work.items), 0};
    int result = -ENOMEM;

    out->count = 0;
    out->list = calloc(count + 1, sizeof *out->list);
    if (work.items && out->list) {
        qsort(paths, count, sizeof *paths, compare_paths);
        if (count > 0)
            collect(&work, paths, count, 0);
        result = make_patterns(&work, out);
    }
    free(work.items);
    return result;
}

void generalise_free(struct generalised *generalised)
{
    for (size_t i = 0; i < generalised->count; i++)
        free(generalised->list[i]);
    free(generalised->list);
    *generalised = (struct generalised){NULL, 0};
}
