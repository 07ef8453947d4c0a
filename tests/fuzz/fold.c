/* SPDX-License-Identifier: MIT */
/*
 * launcher/suggest/fold.h: the places match every destination seen, have seen what they cover, and are no tree that holds a bound.
 *
 * Input: two bounds, then destinations, each with a NUL behind it; the first slash is put before each.
 */
#include "launcher/suggest/fold.h"

#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "fuzz/fuzz.h"

#define PATHS_MAX 64

/* Takes out of the path what no resolved path has: empty components, `.` and `..`. NULL where nothing is left. */
static char *take_path(struct input *input)
{
    char *const given = input_string(input, 512);
    char *path = join("", "");

    for (char *rest = given, *name; (name = strsep(&rest, "/"));) {
        if (*name != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            char *const longer = join(path, "/");

            free(path);
            path = join(longer, name);
            free(longer);
        }
    }
    free(given);
    return path;
}

static int is_any(const struct record *record)
{
    (void)record;
    return 1;
}

static int is_matched(const struct fold *fold, const char *path)
{
    for (size_t i = 0; i < fold->count; i++)
        if (pattern_match(fold->list[i].pattern, path))
            return 1;
    return 0;
}

/* Each is without fault, covers just what it says that it has seen, and no tree holds a bound. */
static void require_items(const struct fold *fold, const struct record *const *sorted,
                          char *const *bounds)
{
    for (size_t i = 0; i < fold->count; i++) {
        const struct fold_item *const item = &fold->list[i];
        size_t seen = 0;

        require(item->pattern[0] == '/' && !pattern_fault(item->pattern, strlen(item->pattern)),
                "a pattern has no fault");
        for (size_t j = 0; j < 2 && item->kind == FOLD_TREE; j++)
            require(*bounds[j] == '\0' || !pattern_match(item->pattern, bounds[j]),
                    "no tree holds a bound");
        for (size_t j = item->first; j < item->first + item->count; j++) {
            const int is_new =
                j == item->first || strcmp(sorted[j]->destination, sorted[j - 1]->destination) != 0;

            seen += is_new && fold_covers(item, sorted[j]->destination);
            require(!fold_covers(item, sorted[j]->destination) ||
                        pattern_match(item->pattern, sorted[j]->destination),
                    "what is covered is matched");
        }
        require(seen == item->seen, "as many as were seen are covered");
    }
}

static void require_fold(char **paths, size_t count, char *const *bounds)
{
    const char *const limits[] = {*bounds[0] == '\0' ? "/" : bounds[0],
                                  *bounds[1] == '\0' ? "/" : bounds[1]};
    struct record records[PATHS_MAX];
    const struct record *sorted[PATHS_MAX];
    struct fold fold;

    for (size_t i = 0; i < count; i++) {
        records[i] = (struct record){.destination = paths[i]};
        sorted[i] = &records[i];
    }
    require(fold_make(sorted, count, is_any, limits, 2, &fold) == 0, "there are places");
    require(fold.count <= count && (fold.count > 0 || count == 0), "no more than were seen");
    require_items(&fold, sorted, bounds);
    for (size_t i = 0; i < count; i++)
        require(is_matched(&fold, paths[i]), "every destination is matched");
    fold_free(&fold);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char *const bounds[] = {take_path(&input), take_path(&input)};
    char *paths[PATHS_MAX];
    size_t count = 0;

    while (input.left > 0 && count < PATHS_MAX) {
        char *const path = take_path(&input);

        if (*path != '\0' && strlen(path) <= PATTERN_MAX / 2)
            paths[count++] = path;
        else
            free(path);
    }
    require_fold(paths, count, bounds);
    while (count > 0)
        free(paths[--count]);
    free(bounds[0]);
    free(bounds[1]);
    return 0;
}
