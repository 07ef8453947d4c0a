/* SPDX-License-Identifier: MIT */
/*
 * The pattern is cut into elements, the path into characters, and each element is tried with all that it could
 * take. A table of what was tried already keeps that from taking forever.
 */
#include "unit/slow_pattern.h"

#include <string.h>

/* ---- characters ---- */

/* Whether a sequence of `length` bytes begins here, the shortest one for its code. */
static int is_sequence(const unsigned char *bytes, size_t size, size_t length, unsigned *code)
{
    static const unsigned char heads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char mask = (unsigned char)(0xFFu << (7 - length));

    if (size < length || (bytes[0] & mask) != heads[length])
        return 0;
    *code = bytes[0] & ~mask & 0xFFu;
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xBF)
            return 0;
        *code = *code * 64 + bytes[i] - 0x80;
    }
    return *code >= least[length] && *code <= 0x10FFFF && (*code < 0xD800 || *code > 0xDFFF);
}

unsigned slow_character(const char *bytes, size_t size, size_t *length)
{
    const unsigned char *const start = (const unsigned char *)bytes;
    unsigned code;

    for (*length = 2; *length <= 4; ++*length)
        if (is_sequence(start, size, *length, &code))
            return code;
    *length = 1;
    return start[0] < 0x80 ? start[0] : 0xDC00u + start[0];
}

#define RANGES_MAX 64

enum kind { CHARACTER, QUESTION, SET, STAR, GLOBSTAR };

struct range {
    unsigned low;
    unsigned high;
};

struct element {
    enum kind kind;
    unsigned code; /* of a CHARACTER */
    int is_negated;
    size_t count;
    struct range ranges[RANGES_MAX];
};

/* ---- the pattern ---- */

static unsigned letters[SLOW_PATTERN_MAX + 1]; /* the pattern, by characters; 0 ends it */
static struct element elements[SLOW_PATTERN_MAX];
static size_t element_count;
static int is_anchored;
static int is_tree; /* it ends in a slash */

static size_t spell(const char *string, unsigned *out)
{
    const size_t size = strlen(string);
    size_t count = 0;
    size_t length;

    for (size_t at = 0; at < size; at += length)
        out[count++] = slow_character(string + at, size - at, &length);
    out[count] = 0;
    return count;
}

/* A member of a set at `*at`, escaped or not, which is moved behind it. 0: none that may stand there. */
static unsigned take_member(size_t *at)
{
    unsigned code = letters[*at];
    const unsigned next = code == 0 ? 0 : letters[*at + 1];

    if (code == '[' && (next == ':' || next == '.' || next == '=')) /* a class by name */
        return 0;
    *at += code != 0;
    if (code == '\\') {
        code = next;
        *at += next != 0;
    }
    return code == '/' ? 0 : code;
}

/* The set whose `[` is at `*at`. Returns 0 where it is none. */
static int take_set(size_t *at, struct element *set)
{
    size_t member = *at + 1;
    size_t first;

    set->kind = SET;
    set->is_negated = letters[member] == '!' || letters[member] == '^';
    member += (size_t)set->is_negated;
    first = member;
    set->count = 0;
    while (letters[member] != ']' || member == first) {
        struct range *const range = &set->ranges[set->count++];

        range->low = range->high = take_member(&member);
        if (range->low != 0 && letters[member] == '-' && letters[member + 1] != ']' &&
            letters[member + 1] != 0) {
            member++;
            range->high = take_member(&member);
        }
        if (range->low == 0 || range->high < range->low)
            return 0;
    }
    *at = member + 1;
    return 1;
}

/* One element at `*at`. Returns 0 where it is none. */
static int take_element(size_t *at, struct element *element)
{
    const size_t start = *at;

    element->kind = CHARACTER;
    element->code = letters[*at];
    if (letters[*at] == '[')
        return take_set(at, element);
    if (letters[*at] == '*') {
        while (letters[*at] == '*')
            ++*at;
        element->kind = *at - start > 1 ? GLOBSTAR : STAR;
        return 1;
    }
    if (letters[*at] == '?')
        element->kind = QUESTION;
    if (letters[*at] == '\\')
        element->code = letters[++*at] == '/' ? 0 : letters[*at];
    ++*at;
    return element->code != 0;
}

/* Whether a component between slashes is one that no resolved path has. */
static int has_bad_component(const char *pattern)
{
    const char *at = pattern + (*pattern == '/');

    while (*at != '\0') {
        const size_t length = strcspn(at, "/");

        if (length == 0 || (length == 1 && at[0] == '.') ||
            (length == 2 && at[0] == '.' && at[1] == '.'))
            return 1;
        at += length + (at[length] == '/');
    }
    return 0;
}

/* Whether it has what a shell or an env file was to take off, and no backslash says that it belongs to the name. */
static int has_stray(const char *pattern)
{
    const size_t last = strlen(pattern) - 1;
    size_t at = 0;
    struct element set;

    if (strncmp(pattern, "~/", 2) == 0 || *pattern == '$' || strchr(" '\"", *pattern))
        return 1;
    while (letters[at] != 0) {
        if (letters[at] < ' ' || letters[at] == 0x7F)
            return 1;
        if (letters[at] == '\\')
            at += letters[at + 1] != 0;
        else if (letters[at] == '[' && take_set(&at, &set))
            continue;
        else if (letters[at + 1] == 0 && strchr(" '\"", pattern[last]))
            return 1;
        at++;
    }
    return 0;
}

/* Cuts the pattern into elements; what its first and last slash say is kept apart. Returns 0 for none. */
static int understand(const char *pattern)
{
    const size_t count = spell(pattern, letters);
    size_t at = 0;

    element_count = 0;
    if (count == 0 || has_bad_component(pattern) || has_stray(pattern))
        return 0;
    is_anchored = letters[0] == '/';
    at += (size_t)is_anchored;
    while (letters[at] != 0)
        if (!take_element(&at, &elements[element_count++]))
            return 0;
    is_tree = letters[count - 1] == '/';
    if (is_tree && element_count > 0)
        element_count--;
    return 1;
}

/* ---- trying everything ---- */

static unsigned
    text[SLOW_PATH_MAX + 1]; /* the path behind its first slash, by characters; 0 ends it */
static signed char known[SLOW_PATTERN_MAX + 1][SLOW_PATH_MAX + 2]; /* -1: not tried yet */

static int matches(size_t element, size_t at);

static int is_slash(size_t element)
{
    return elements[element].kind == CHARACTER && elements[element].code == '/';
}

/* `**` between slashes is any number of whole directories. */
static int is_directories(size_t element)
{
    return (element == 0 || is_slash(element - 1)) && element + 1 < element_count &&
           is_slash(element + 1);
}

static int globstar_matches(size_t element, size_t at)
{
    if (is_directories(element)) {
        if (matches(element + 2, at))
            return 1;
        for (; text[at] != 0; at++)
            if (text[at] == '/' && matches(element + 2, at + 1))
                return 1;
        return 0;
    }
    for (;; at++) {
        if (matches(element + 1, at))
            return 1;
        if (text[at] == 0)
            return 0;
    }
}

static int star_matches(size_t element, size_t at)
{
    for (;; at++) {
        if (matches(element + 1, at))
            return 1;
        if (text[at] == 0 || text[at] == '/')
            return 0;
    }
}

static int set_has(const struct element *set, unsigned code)
{
    int found = 0;

    for (size_t i = 0; i < set->count; i++)
        found |= code >= set->ranges[i].low && code <= set->ranges[i].high;
    return code != '/' && found != set->is_negated;
}

static int try(size_t element, size_t at)
{
    const unsigned code = text[at];

    if (element == element_count)
        return code == 0 || (is_tree && code == '/');
    switch (elements[element].kind) {
    case STAR: return star_matches(element, at);
    case GLOBSTAR: return globstar_matches(element, at);
    case CHARACTER: return code == elements[element].code && matches(element + 1, at + 1);
    case QUESTION: return code != 0 && code != '/' && matches(element + 1, at + 1);
    case SET: return code != 0 && set_has(&elements[element], code) && matches(element + 1, at + 1);
    }
    return 0;
}

/* Whether the elements from `element` on match the text from `at` on. */
static int matches(size_t element, size_t at)
{
    if (known[element][at] < 0)
        known[element][at] = (signed char)try(element, at);
    return known[element][at];
}

int slow_pattern_matches(const char *pattern, const char *path)
{
    if (!understand(pattern))
        return 0;
    spell(path + 1, text);
    memset(known, -1, sizeof known);
    if (is_tree && is_anchored && element_count == 0) /* "/" */
        return 1;
    if (matches(0, 0))
        return 1;
    for (size_t at = 0; !is_anchored && text[at] != 0; at++)
        if (text[at] == '/' && matches(0, at + 1))
            return 1;
    return 0;
}

int slow_pattern_is_valid(const char *pattern)
{
    return understand(pattern);
}
