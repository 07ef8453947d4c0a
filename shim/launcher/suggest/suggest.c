/* SPDX-License-Identifier: MIT */
#include "launcher/suggest/suggest.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/pattern.h"
#include "launcher/escape.h"
#include "launcher/suggest/generalise.h"

static const char protect_prefix[] = "protect:";

static const char *const cases[SUGGEST_CASES] = {"same", "symlink", "empty"};

const char *suggest_case(int number)
{
    return cases[number];
}

static int is_protected(const struct record *record)
{
    return strncmp(record->rule, protect_prefix, sizeof protect_prefix - 1) == 0;
}

/* What an exception can let through: of the other rules, none is asked. */
static int is_excusable(const struct record *record)
{
    return record->verdict == EVENT_AUDITED && record->destination[0] == '/' &&
           (strcmp(record->rule, "default") == 0 || is_protected(record));
}

/* ---- --allow ---- */

/* Whether an ALLOW_IF serves better than a place: see the header. */
static int is_case(const struct record *record)
{
    return is_protected(record) && record->unless != NULL;
}

static const char **take_destinations(const struct records *records, size_t *count)
{
    const char **const paths = calloc(records->count + 1, sizeof *paths);

    *count = 0;
    for (size_t i = 0; paths && i < records->count; i++) {
        if (is_excusable(&records->list[i]) && !is_case(&records->list[i]))
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

/* ---- --allow-if ---- */

static int is_matched(const struct generalised *patterns, const char *path)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (pattern_match(patterns->list[i], path))
            return 1;
    return 0;
}

/* The bit of a rule such as "allow_if:same". */
static unsigned case_bit(const char *rule)
{
    const char *const colon = strchr(rule, ':');

    for (int i = 0; colon && i < SUGGEST_CASES; i++)
        if (strcmp(colon + 1, cases[i]) == 0)
            return 1U << i;
    return 0;
}

/* The cases of what no pattern lets through already. */
static unsigned take_cases(const struct records *records, const struct generalised *patterns)
{
    unsigned taken = 0;

    for (size_t i = 0; i < records->count; i++) {
        const struct record *const record = &records->list[i];

        if (is_excusable(record) && is_case(record) && !is_matched(patterns, record->destination))
            taken |= case_bit(record->unless);
    }
    return taken;
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
static void warn_unseen(FILE *out, const struct suggestion *suggestion, const char *directory,
                        const char *pattern)
{
    const struct options *const options = suggestion->options;
    const size_t length = strlen(pattern);

    for (size_t i = 0; pattern[length - 1] == '/' && i < options->given_count; i++) {
        const struct options_value *const value = &options->given[i];
        char literal[2 * PATH_MAX];

        if (setting_id(value->setting) != SETTING_PROTECT || is_seen(suggestion->records, value->value))
            continue;
        take_literal(value->value, directory, literal, sizeof literal);
        if (*literal == '\0' || strncmp(literal, pattern, length) == 0)
            put_warning(out, "may open", value->value, pattern);
    }
}

static void warn_cases(FILE *out, unsigned allow_if)
{
    static const char *const opened[SUGGEST_CASES] = {
        NULL, /* nothing changes */
        "any symbolic link that --protect guards be replaced by another",
        "anything empty that --protect guards be replaced"};

    for (int i = 0; i < SUGGEST_CASES; i++)
        if ((allow_if & 1U << i) && opened[i])
            fprintf(out, "noclobber:   --allow-if %s lets %s\n", cases[i], opened[i]);
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

static void put_cases(FILE *out, unsigned allow_if)
{
    const char *before = " --allow-if ";

    for (int i = 0; i < SUGGEST_CASES; i++)
        if (allow_if & 1U << i) {
            fprintf(out, "%s%s", before, cases[i]);
            before = ",";
        }
}

void suggest_text(FILE *out, const struct suggestion *suggestion)
{
    const struct generalised *const allow = &suggestion->allow;
    char directory[PATH_MAX] = "";

    if (!suggest_has(suggestion))
        return;
    if (!getcwd(directory, sizeof directory))
        directory[0] = '\0';
    fputs("noclobber: these options would let through what this run replaced:\n ", out);
    for (size_t i = 0; i < allow->count; i++)
        put_quoted(out, allow->list[i]);
    put_cases(out, suggestion->allow_if);
    fputc('\n', out);
    for (size_t i = 0; i < allow->count; i++) {
        warn_seen(out, suggestion->records, allow->list[i]);
        warn_unseen(out, suggestion, directory, allow->list[i]);
    }
    warn_cases(out, suggestion->allow_if);
}

/* ---- the whole ---- */

int suggest_make(const struct records *records, const struct options *options,
                 struct suggestion *suggestion)
{
    char directory[PATH_MAX];
    char home[PATH_MAX];
    const char *bounds[2];
    const size_t bound_count = take_bounds(bounds, directory, home);
    size_t count;
    const char **const paths = take_destinations(records, &count);
    int result;

    *suggestion = (struct suggestion){.records = records, .options = options};
    if (!paths)
        return -ENOMEM;
    result = generalise(paths, count, bounds, bound_count, &suggestion->allow);
    free(paths);
    if (result == 0)
        suggestion->allow_if = take_cases(records, &suggestion->allow);
    return result;
}

int suggest_has(const struct suggestion *suggestion)
{
    return suggestion->allow.count > 0 || suggestion->allow_if != 0;
}

void suggest_free(struct suggestion *suggestion)
{
    generalise_free(&suggestion->allow);
}
