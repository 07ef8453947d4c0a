/* SPDX-License-Identifier: MIT */
/*
 * Suggestions are --allow and nothing else: an event does not say whether a link replaced a link
 * or a file was empty, so --allow-if can't be known to be enough.
 */
#include "launcher/suggest/suggest.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/pattern.h"
#include "launcher/escape.h"
#include "launcher/suggest/generalise.h"

static const char protect_prefix[] = "protect:";

/* The destinations that an exception can let through: of the other rules, no --allow is asked. */
static int is_excusable(const struct record *record)
{
    return record->verdict == EVENT_AUDITED && record->destination[0] == '/' &&
           (strcmp(record->rule, "default") == 0 ||
            strncmp(record->rule, protect_prefix, sizeof protect_prefix - 1) == 0);
}

static const char **take_destinations(const struct records *records, size_t *count)
{
    const char **const paths = calloc(records->count + 1, sizeof *paths);

    *count = 0;
    for (size_t i = 0; paths && i < records->count; i++) {
        if (is_excusable(&records->list[i]))
            paths[(*count)++] = records->list[i].destination;
    }
    return paths;
}

/* The directories that no suggestion may open. */
static size_t take_bounds(const char *bounds[2], char directory[PATH_MAX], char home[PATH_MAX])
{
    const char *const home_name = getenv("HOME");
    size_t count = 0;

    if (getcwd(directory, PATH_MAX))
        bounds[count++] = directory;
    if (home_name && *home_name == '/' && realpath(home_name, home))
        bounds[count++] = home;
    return count;
}

/* ---- what of --protect it opens ---- */

static void put_warning(FILE *out, const char *verb, const char *protect, const char *pattern)
{
    fputs("noclobber:   --allow \"", out);
    escape_json(out, pattern);
    fprintf(out, "\" %s what --protect \"", verb);
    escape_json(out, protect);
    fputs("\" guards\n", out);
}

static int is_told(const struct records *records, size_t end, const char *rule, const char *pattern)
{
    for (size_t i = 0; i < end; i++) {
        if (is_excusable(&records->list[i]) && strcmp(records->list[i].rule, rule) == 0 &&
            pattern_match(pattern, records->list[i].destination))
            return 1;
    }
    return 0;
}

/* A line for each PROTECT pattern that guards something which `pattern` lets through. */
static void warn_seen(FILE *out, const struct records *records, const char *pattern)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct record *const record = &records->list[i];

        if (!is_excusable(record) || strcmp(record->rule, "default") == 0 ||
            !pattern_match(pattern, record->destination) ||
            is_told(records, i, record->rule, pattern))
            continue;
        put_warning(out, "opens", record->rule + sizeof protect_prefix - 1, pattern);
    }
}

/* What `value` of --protect is anchored at, up to its first special character; "" for one that
 * floats. */
static void take_literal(const char *value, const char *directory, char *out, size_t size)
{
    const size_t length = strcspn(value, "*?[\\");
    const char *const slash = strchr(value, '/');

    if (*value == '/')
        snprintf(out, size, "%.*s", (int)length, value);
    else if (slash && slash[1] != '\0')
        snprintf(out, size, "%s/%.*s", directory, (int)length, value);
    else
        *out = '\0';
}

/* Whether the value, anchored or not, is the rule of an event: then warn_seen has told. */
static int is_seen(const struct records *records, const char *value)
{
    const size_t tail = strlen(value);

    for (size_t i = 0; i < records->count; i++) {
        const char *const rule = records->list[i].rule;
        const size_t length = strlen(rule);

        if (is_excusable(&records->list[i]) && length > tail &&
            strcmp(rule + length - tail, value) == 0 && strchr("/:", rule[length - tail - 1]))
            return 1;
    }
    return 0;
}

/* A tree may hold what a --protect names though this run replaced nothing there. */
static void warn_unseen(FILE *out, const struct report *report, const char *directory,
                        const char *pattern)
{
    const size_t length = strlen(pattern);

    for (size_t i = 0; pattern[length - 1] == '/' && i < report->options->pattern_count; i++) {
        const struct options_value *const value = &report->options->patterns[i];
        char literal[2 * PATH_MAX];

        if (value->option != 'p' || is_seen(report->records, value->value))
            continue;
        take_literal(value->value, directory, literal, sizeof literal);
        if (*literal == '\0' || strncmp(literal, pattern, length) == 0)
            put_warning(out, "may open", value->value, pattern);
    }
}

/* ---- the line to paste ---- */

/* In single quotes a shell takes everything as it is, but for the quote itself. */
static void put_quoted(FILE *out, const char *word)
{
    fputs(" --allow '", out);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    }
    fputc('\'', out);
}

static void put_suggestion(FILE *out, const struct report *report, const char *directory,
                           const struct generalised *patterns)
{
    fputs("noclobber: these options would let through what this run replaced:\n ", out);
    for (size_t i = 0; i < patterns->count; i++)
        put_quoted(out, patterns->list[i]);
    fputc('\n', out);
    for (size_t i = 0; i < patterns->count; i++) {
        warn_seen(out, report->records, patterns->list[i]);
        warn_unseen(out, report, directory, patterns->list[i]);
    }
}

void suggest_write(const struct report *report)
{
    char directory[PATH_MAX] = "";
    char home[PATH_MAX] = "";
    const char *bounds[2];
    const size_t bound_count = take_bounds(bounds, directory, home);
    struct generalised patterns = {NULL, 0};
    size_t count;
    const char **const paths = take_destinations(report->records, &count);

    if (report->options->quiet || !paths || count == 0) {
        free(paths);
        return;
    }
    if (generalise(paths, count, bounds, bound_count, &patterns) == 0)
        put_suggestion(stderr, report, directory, &patterns);
    generalise_free(&patterns);
    free(paths);
}
