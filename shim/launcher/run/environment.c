/* SPDX-License-Identifier: MIT */
#include "launcher/run/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRELOAD "LD_PRELOAD="
#define LIBRARY "libnoclobber.so"

static int begins_with(const char *string, const char *start)
{
    return strncmp(string, start, strlen(start)) == 0;
}

static size_t count_strings(char **strings)
{
    size_t count = 0;

    while (strings[count])
        count++;
    return count;
}

/* Whether an entry is a libnoclobber.so: two of them would each refuse and write an event. */
static int is_library(const char *entry, size_t length)
{
    const size_t name = strlen(LIBRARY);

    return length >= name && strncmp(entry + length - name, LIBRARY, name) == 0 &&
           (length == name || entry[length - name - 1] == '/');
}

static char *join(const char *one, const char *other)
{
    char *joined;

    return asprintf(&joined, "%s%s", one, other) < 0 ? NULL : joined;
}

/*
 * Builds "LD_PRELOAD=library" with the entries of `others` (separated by blanks and colons,
 * ld.so(8)).
 */
static char *preload(const char *library, const char *others)
{
    char *const variable = malloc(strlen(PRELOAD) + strlen(library) + strlen(others) + 2);
    char *end = variable;

    if (!variable)
        return NULL;
    end += sprintf(end, "%s%s", PRELOAD, library);
    while (*others != '\0') {
        const size_t length = strcspn(others, ": ");

        if (length > 0 && !is_library(others, length))
            end += sprintf(end, "%s%.*s", end[-1] == '=' ? "" : ":", (int)length, others);
        others += length;
        others += strspn(others, ": ");
    }
    return variable;
}

char **environment_build(char **environment, char **variables, const char *library,
                         const char *report)
{
    char **const built =
        calloc(count_strings(environment) + count_strings(variables) + 3, sizeof *built);
    const char *others = NULL;
    char **next = built;

    if (!built)
        return NULL;
    for (; *environment; environment++)
        if (begins_with(*environment, PRELOAD))
            others = others ? others : *environment + strlen(PRELOAD);
        else if (!begins_with(*environment, "NOCLOBBER_"))
            *next++ = *environment;
    while (*variables)
        *next++ = *variables++;
    next[0] = join("NOCLOBBER_REPORT=", report);
    if (library || others)
        next[1] = preload(library ? library : "", others ? others : "");
    if (next[0] && (next[1] || !(library || others)))
        return built;
    free(next[0]);
    free(next[1]);
    free(built);
    return NULL;
}
