/* SPDX-License-Identifier: MIT */
#include "launcher/suggest/suggest.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/pattern.h"
#include "launcher/escape.h"

/* How many protect patterns are named for each option. */
#define OPENED_SHOWN 3

static int is_protected(const struct record *record)
{
    return record->kind == EVENT_RULE_PROTECT;
}

/* Whether an exception could allow it; other rules can't be excepted. */
static int is_excusable(const struct record *record)
{
    return record->verdict == EVENT_AUDITED && record->destination[0] == '/' &&
           (record->kind == EVENT_RULE_DEFAULT || is_protected(record));
}

/* Whether it is suggested by place, not by case: see the header. */
static int is_place(const struct record *record)
{
    return !is_protected(record) || record->unless == EVENT_RULE_DEFAULT ||
           strcmp(record->pattern, POLICY_EVERYTHING) == 0;
}

/* ---- making ---- */

/* The directories that no place may contain. */
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

/* The conditions for what no place allows. Sets the records that a place allows to NULL. */
static unsigned take_conditions(const struct record **records, size_t count,
                                const struct fold *places)
{
    unsigned taken = 0;

    for (size_t i = 0; i < places->count; i++) {
        const struct fold_item *const item = &places->list[i];

        for (size_t j = item->first; j < item->first + item->count; j++)
            if (records[j] && fold_covers(item, records[j]->destination))
                records[j] = NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (records[i])
            taken |= event_rule_condition(records[i]->unless);
    return taken;
}

int suggest_make(const struct records *records, const struct policy_patterns *named,
                 struct suggestion *suggestion)
{
    char directory[PATH_MAX];
    char home[PATH_MAX];
    const char *bounds[2];
    const size_t bound_count = take_bounds(bounds, directory, home);
    const struct record **const audited = calloc(records->count + 1, sizeof(void *));
    size_t count = 0;
    int result;

    *suggestion = (struct suggestion){.named = named};
    if (!audited)
        return -ENOMEM;
    for (size_t i = 0; i < records->count; i++)
        if (is_excusable(&records->list[i]))
            audited[count++] = &records->list[i];
    result = fold_make(audited, count, is_place, bounds, bound_count, &suggestion->allow);
    if (result == 0)
        suggestion->allow_if = take_conditions(audited, count, &suggestion->allow);
    free(audited);
    return result;
}

int suggest_has(const struct suggestion *suggestion)
{
    return suggestion->allow.count > 0 || suggestion->allow_if != 0;
}

void suggest_free(struct suggestion *suggestion)
{
    fold_free(&suggestion->allow);
}

/* ---- which protected names it opens: allows to be replaced ---- */

enum opens { OPENS_NOT, OPENS_PERHAPS, OPENS_SURELY };

/* Whether one of the two is a prefix of the other. */
static int begin_alike(const char *one, const char *other)
{
    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return *one == '\0' || *other == '\0';
}

/*
 * Whether the pattern of `item` allows replacing what `protect` guards. Literal parts are
 * compared; a pattern with special characters may match anything after its literal part.
 */
static enum opens opens_of(const struct fold_item *item, const char *protect)
{
    const size_t length = strlen(protect);
    const int is_tree = protect[length - 1] == '/';
    const size_t place = strlen(item->pattern) - (item->kind == FOLD_NAMES);
    char literal[PATTERN_MAX + 1];

    if (item->kind == FOLD_NAME)
        return pattern_match(protect, item->path) ? OPENS_SURELY : OPENS_NOT;
    snprintf(literal, sizeof literal, "%.*s", (int)strcspn(protect, "*?["), protect);
    if (*protect != '/')
        return OPENS_PERHAPS;
    if (strncmp(literal, item->pattern, place) != 0 && !begin_alike(literal, item->pattern))
        return OPENS_NOT;
    /* Deeper than the names of the directory. */
    if (item->kind == FOLD_NAMES && strlen(literal) > place && strchr(literal + place, '/') &&
        !(is_tree && strchr(literal + place, '/') == literal + length - 1))
        return OPENS_NOT;
    if (strlen(literal) < length)
        return OPENS_PERHAPS;
    if (strlen(literal) <= place && is_tree)
        return OPENS_SURELY;
    if (strlen(literal) < place)
        return item->kind == FOLD_TREE && strlen(literal) + 1 == place ? OPENS_SURELY : OPENS_NOT;
    return item->kind == FOLD_TREE || !is_tree ? OPENS_SURELY : OPENS_PERHAPS;
}

static void begin_line(FILE *out, const struct fold_item *item)
{
    fputs("noclobber:   --allow \"", out);
    escape_json(out, item->pattern);
    fputs("\" ", out);
}

static void put_opened(FILE *out, const struct fold_item *item, const struct policy_patterns *named)
{
    const char *protect = named->first;
    size_t opened = 0;

    for (size_t i = 0; i < named->count; i++, protect += strlen(protect) + 1) {
        const int is_name = strcmp(protect, POLICY_EVERYTHING) != 0;
        const enum opens opens = is_name ? opens_of(item, protect) : OPENS_NOT;

        if (opens == OPENS_NOT || opened++ >= OPENED_SHOWN)
            continue;
        begin_line(out, item);
        fprintf(out, "%s what --protect \"", opens == OPENS_SURELY ? "opens" : "may open");
        escape_json(out, protect);
        fputs("\" guards\n", out);
    }
    if (opened > OPENED_SHOWN) {
        begin_line(out, item);
        fprintf(out, "may open what %zu more protect patterns guard\n", opened - OPENED_SHOWN);
    }
}

static void put_place(FILE *out, const struct fold_item *item)
{
    if (item->kind == FOLD_NAME)
        return;
    begin_line(out, item);
    fprintf(out, "opens %s that directory; this run replaced %zu\n",
            item->kind == FOLD_TREE ? "everything below" : "every name in", item->seen);
}

static void put_condition(FILE *out, enum policy_condition condition)
{
    static const char *const opened[POLICY_CONDITIONS] = {
        "replacing any protected file by one that is the same",
        "replacing any protected symbolic link by another",
        "replacing any protected empty file or directory"};

    POLICY_EACH_CONDITION(3);
    fprintf(out, "noclobber:   --allow-if %s allows %s\n", policy_condition_name(condition),
            opened[condition]);
}

/* ---- the line to paste ---- */

/* Between single quotes a shell takes everything literally, except the quote. */
static void put_quoted(FILE *out, const char *word)
{
    fputs(" --allow '", out);
    for (; *word != '\0'; word++)
        fprintf(out, *word == '\'' ? "'\\''" : "%c", *word);
    fputc('\'', out);
}

static void put_options(FILE *out, const struct suggestion *suggestion, size_t shown)
{
    const char *before = " --allow-if ";

    fputc(' ', out);
    for (size_t i = 0; i < shown; i++)
        put_quoted(out, suggestion->allow.list[i].pattern);
    for (unsigned i = 0; i < POLICY_CONDITIONS; i++)
        if (suggestion->allow_if & 1U << i) {
            fprintf(out, "%s%s", before, policy_condition_name(i));
            before = ",";
        }
    fputc('\n', out);
}

void suggest_text(FILE *out, const struct suggestion *suggestion)
{
    const struct fold *const allow = &suggestion->allow;
    const size_t shown = allow->count < FOLD_SHOWN ? allow->count : FOLD_SHOWN;

    if (!suggest_has(suggestion))
        return;
    if (shown == allow->count)
        fputs("noclobber: these options would allow what this run replaced:\n", out);
    else
        fprintf(out,
                "noclobber: of %zu places that this run replaced, these options would allow %zu; "
                "--format json lists all:\n",
                allow->count, shown);
    put_options(out, suggestion, shown);
    for (size_t i = 0; i < shown; i++) {
        put_place(out, &allow->list[i]);
        put_opened(out, &allow->list[i], suggestion->named);
    }
    for (unsigned i = 0; i < POLICY_CONDITIONS; i++)
        if (suggestion->allow_if & 1U << i)
            put_condition(out, i);
}
