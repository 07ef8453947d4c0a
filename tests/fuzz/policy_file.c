/* SPDX-License-Identifier: MIT */
/*
 * launcher/settings: the reader of policy files against one that works backwards, and what is made of the settings: what
 * the command accepts, the library accepts.
 *
 * Input: the file.
 */
#include "launcher/settings/policy_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"
#include "fuzz/fuzz.h"
#include "launcher/settings/draft.h"

#define LINES_MAX 64

/* ---- the obvious reader ---- */

struct line {
    unsigned number;
    char *name;
    char *value; /* NULL: none */
};

static struct line lines[LINES_MAX];
static size_t line_count;

static int is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* Whether an odd number of backslashes stands before `at`. */
static int is_escaped(const char *start, const char *at)
{
    const char *first = at;

    while (first > start && first[-1] == '\\')
        first--;
    return (at - first) % 2 != 0;
}

/* A line without the blanks at its ends; one behind a backslash stays, unless it is that of CR LF. */
static char *trimmed(const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]) && (end[-1] == '\r' || !is_escaped(start, end - 1)))
        end--;
    return strndup(start, (size_t)(end - start));
}

/* Takes a trimmed line apart. Returns 0 where it has a comment behind something. */
static int keep_line(const char *text, unsigned number)
{
    const size_t length = strcspn(text, " \t=");
    const char *value = text + length;
    struct line *const line = &lines[line_count++];

    line->number = number;
    line->name = strndup(text, length);
    line->value = NULL;
    for (const char *at = text; (at = strchr(at + 1, '#'));)
        if (is_blank(at[-1]))
            return 0;
    if (*value == '\0')
        return 1;
    value += strspn(value, " \t\r");
    value += *value == '=';
    value += strspn(value, " \t\r");
    line->value = strdup(value);
    return 1;
}

/* Returns 0, or the number of the line that is wrong. */
static unsigned read_obviously(const char *file)
{
    unsigned number = 1;
    unsigned wrong = 0;

    if (strncmp(file, "\xEF\xBB\xBF", 3) == 0)
        file += 3;
    for (line_count = 0; wrong == 0 && line_count < LINES_MAX; number++) {
        const char *const end = strchrnul(file, '\n');
        char *const text = trimmed(file, end);

        if (*text != '\0' && *text != '#' && !keep_line(text, number))
            wrong = number;
        free(text);
        if (*end == '\0')
            break;
        file = end + 1;
    }
    return wrong;
}

static void forget_lines(void)
{
    while (line_count > 0) {
        free(lines[--line_count].name);
        free(lines[line_count].value);
    }
}

/* ---- the two side by side ---- */

static size_t taken;

static int compare(const struct policy_line *line, void *path)
{
    const struct line *const expected = &lines[taken++];
    char where[128];

    if (taken > LINES_MAX)
        return 1;
    snprintf(where, sizeof where, "%s:%u", (const char *)path, expected->number);
    require(taken <= line_count, "no more lines than there are");
    require(strcmp(line->where, where) == 0, "a line has its number");
    require(strcmp(line->name, expected->name) == 0, "the name of a setting");
    require(!line->value == !expected->value, "a value is there or not");
    require(!line->value || strcmp(line->value, expected->value) == 0, "the value of a setting");
    return 0;
}

static void read_both_ways(const char *path, const char *file, int is_text)
{
    const unsigned wrong = is_text ? read_obviously(file) : 0;
    char copy[64];
    int result;

    snprintf(copy, sizeof copy, "%s", path);
    taken = 0;
    result = policy_file_read(path, compare, copy);
    if (!is_text)
        require(result == -EINVAL && taken == 0, "what is no text is no policy");
    else if (line_count < LINES_MAX)
        require((result < 0) == (wrong > 0) && taken == line_count - (wrong > 0),
                "both say the same of what is wrong");
    if (is_text)
        forget_lines();
}

/* ---- what is made of it ---- */

static int apply(const struct policy_line *line, void *draft)
{
    const struct draft_origin origin = {line->where, "/"};
    const struct setting *const setting = setting_named(line->name);

    /* As settings.c does with the command's own. */
    if (!setting || setting->variable == VARIABLE_NONE)
        return -EINVAL;
    return draft_apply(draft, &origin, setting, line->value);
}

static void require_accepted(const struct draft *draft)
{
    char *variables[VARIABLE_COUNT + 1] = {NULL};
    struct policy_error error;
    struct policy policy;
    size_t count = 0;
    size_t room;
    char *storage;

    for (unsigned i = 0; i < VARIABLE_COUNT; i++)
        if (draft->values[i]) {
            char *const name = join(setting_variable_name((enum setting_variable)i), "=");

            variables[count++] = join(name, draft->values[i]);
            free(name);
        }
    room = policy_storage_size(variables);
    storage = malloc(room);
    require(policy_parse(&policy, variables, storage, room, &error) == 0,
            "the library accepts what the command does");
    free(storage);
    while (count > 0)
        free(variables[--count]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct draft draft = {{NULL}, 0, 0};
    size_t length;
    char *const file = input_rest(&input, &length);
    const int is_text = strlen(file) == length;
    const char *const path = memory_file(file, length);

    hush();
    read_both_ways(path, file, is_text);
    if (policy_file_read(path, apply, &draft) == 0)
        require_accepted(&draft);
    draft_free(&draft);
    free(file);
    return 0;
}
