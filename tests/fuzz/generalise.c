/* SPDX-License-Identifier: MIT */
/*
 * launcher/suggest/generalise.h: the patterns suggested match every destination seen, and open no tree that holds a bound.
 *
 * Input: two bounds, then destinations, each with a NUL behind it; the first slash is put before each.
 */
#include "launcher/suggest/generalise.h"

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

static int is_matched(const struct generalised *found, const char *path)
{
    for (size_t i = 0; i < found->count; i++)
        if (pattern_match(found->list[i], path))
            return 1;
    return 0;
}

static void require_patterns(const struct generalised *found, char *const *bounds)
{
    for (size_t i = 0; i < found->count; i++) {
        const char *const pattern = found->list[i];
        const size_t length = strlen(pattern);

        require(pattern[0] == '/' && !pattern_fault(pattern, length), "a pattern has no fault");
        for (size_t j = 0; j < 2 && pattern[length - 1] == '/'; j++)
            require(*bounds[j] == '\0' || !pattern_match(pattern, bounds[j]),
                    "no tree holds a bound");
    }
}

static void require_suggestion(char **paths, size_t count, char *const *bounds)
{
    const char *const limits[] = {*bounds[0] == '\0' ? "/" : bounds[0],
                                  *bounds[1] == '\0' ? "/" : bounds[1]};
    const char *sorted[PATHS_MAX];
    struct generalised found;

    for (size_t i = 0; i < count; i++)
        sorted[i] = paths[i];
    require(generalise(sorted, count, limits, 2, &found) == 0, "there is a suggestion");
    require(found.count <= count && (found.count > 0 || count == 0), "of no more than was seen");
    require_patterns(&found, bounds);
    for (size_t i = 0; i < count; i++)
        require(is_matched(&found, paths[i]), "every destination is matched");
    generalise_free(&found);
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
    require_suggestion(paths, count, bounds);
    while (count > 0)
        free(paths[--count]);
    free(bounds[0]);
    free(bounds[1]);
    return 0;
}
