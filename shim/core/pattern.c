/* SPDX-License-Identifier: MIT */
/*
 * Matching walks pattern and path together and remembers at most two places to backtrack to: the
 * last `*` and the last `**`. That is enough. A `*` cannot cross a slash, so once a component has
 * matched, no other choice within it can help a later one. An earlier `**` that took less would
 * only leave more for the last one.
 */
#include "core/pattern.h"

#include "core/utf8.h"

struct cursor {
    const char *pattern;
    const char *text;
};

/* A place to backtrack to: each retry moves `at.text` on by one character, or by one component. */
struct retry {
    struct cursor at;
    int by_component;
};

/* ---- bracket expressions ---- */

/* Returns the character at `*bracket`, without its backslash, and moves `*bracket` past it. */
static unsigned bracket_character(const char **bracket)
{
    unsigned length;
    unsigned code;

    if (**bracket == '\\')
        ++*bracket;
    code = utf8_decode(*bracket, &length);
    *bracket += length;
    return code;
}

/* Matches `code` against the set that starts at `bracket`, its `[`. Sets `*end` past the `]`. */
static int bracket_match(const char *bracket, unsigned code, const char **end)
{
    const int negated = bracket[1] == '!' || bracket[1] == '^';
    const char *const first = bracket + 1 + negated;
    const char *member = first;
    int found = 0;

    while (*member != ']' || member == first) {
        const unsigned low = bracket_character(&member);
        unsigned high = low;

        if (member[0] == '-' && member[1] != ']') {
            member++;
            high = bracket_character(&member);
        }
        found |= code >= low && code <= high;
    }
    *end = member + 1;
    return found != negated;
}

/* ---- matching ---- */

static int is_letter(unsigned code)
{
    return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
}

static int match_question(struct cursor *at)
{
    unsigned length;

    if (*at->text == '/')
        return 0;
    utf8_decode(at->text, &length);
    at->pattern++;
    at->text += length;
    return 1;
}

static int match_bracket(struct cursor *at, int is_alike)
{
    const char *end;
    unsigned length;
    const unsigned code = utf8_decode(at->text, &length);

    if (*at->text == '/')
        return 0;
    if (!bracket_match(at->pattern, code, &end) &&
        !(is_alike &&
          (code >= 0x80 || (is_letter(code) && bracket_match(at->pattern, code ^ 0x20, &end)))))
        return 0;
    at->pattern = end;
    at->text += length;
    return 1;
}

/* Whether one character, at least one of them beyond ASCII, may stand for the other: in another
 * case, composed or decomposed, as a ligature. Only Latin ones may stand for an ASCII letter. */
static int may_stand_for(unsigned one, unsigned other)
{
    const unsigned low = one < other ? one : other;
    const unsigned high = one < other ? other : one;

    return low >= 0x80 || (is_letter(low) && (high < 0x370 || (high >= 0x1E00 && high < 0x1F00) ||
                                              (high >= 0x2100 && high < 0x2150) ||
                                              (high >= 0xFB00 && high < 0xFB07)));
}

/* The end of the pattern's component, or the first `**` in it, which may cross a slash. */
static const char *skip_component(const char *pattern)
{
    while (*pattern != '\0' && *pattern != '/' && !(pattern[0] == '*' && pattern[1] == '*')) {
        if (*pattern == '[')
            bracket_match(pattern, 0, &pattern);
        else
            pattern += 1 + (*pattern == '\\');
    }
    return pattern;
}

/* Compares two characters that differ. For those beyond ASCII there is no table here of equivalents
 * and their lengths, so the whole rest of the component counts as a match. */
static int match_alike(struct cursor *at, const char *literal)
{
    unsigned length;
    unsigned other_length;
    const unsigned one = utf8_decode(literal, &length);
    const unsigned other = utf8_decode(at->text, &other_length);

    if ((one ^ other) == 0x20 && is_letter(one)) {
        at->pattern = literal + 1;
        at->text++;
        return 1;
    }
    if ((one < 0x80 && other < 0x80) || !may_stand_for(one, other))
        return 0;
    at->pattern = skip_component(literal + length);
    while (*at->text != '\0' && *at->text != '/')
        at->text++;
    return 1;
}

static int match_literal(struct cursor *at, int is_alike)
{
    const char *const literal = at->pattern + (*at->pattern == '\\');
    unsigned length = 1;
    unsigned other = 1;

    if (*literal != *at->text)
        return is_alike && match_alike(at, literal);
    /* Whole characters: retry_next may resume only at the start of one. */
    if ((unsigned char)*literal >= 0x80 &&
        utf8_decode(literal, &length) != utf8_decode(at->text, &other))
        return is_alike && match_alike(at, literal);
    at->pattern = literal + length;
    at->text += length;
    return 1;
}

/* Matches one element of the pattern other than a star against the text, which must not be at its
 * end, and moves both on. */
static int match_element(struct cursor *at, int is_alike)
{
    switch (*at->pattern) {
    case '\0': return 0;
    case '?': return match_question(at);
    case '[': return match_bracket(at, is_alike);
    default: return match_literal(at, is_alike);
    }
}

/* Moves `at` to the retry's next place. Returns 0 if there is none. */
static int retry_next(struct retry *retry, struct cursor *at, int crosses_slash)
{
    const char *text = retry->at.text;
    unsigned length;

    if (!retry->at.pattern)
        return 0;
    if (retry->by_component) {
        while (*text != '\0' && *text != '/')
            text++;
        length = 1;
    } else {
        length = 1;
        if (*text != '\0')
            utf8_decode(text, &length);
    }
    if (*text == '\0' || (*text == '/' && !crosses_slash))
        return 0;
    retry->at.text = text + length;
    *at = retry->at;
    return 1;
}

/* Takes the star or stars at the front of the pattern. `begins`: they begin a component. */
static void take_star(struct cursor *at, int begins, struct retry *star, struct retry *globstar)
{
    const char *pattern = at->pattern;
    const int crosses = pattern[1] == '*';

    while (*pattern == '*')
        pattern++;
    if (crosses) {
        globstar->by_component = begins && pattern[0] == '/' && pattern[1] != '\0';
        at->pattern = pattern + globstar->by_component;
        globstar->at = *at;
        star->at.pattern = NULL;
    } else {
        at->pattern = pattern;
        star->at = *at;
    }
}

/* Whether the match is complete: both are at their end, or the pattern is a tree ("x/") and the
 * text is in it. */
static int has_matched(const struct cursor *at)
{
    if (at->pattern[0] == '/' && at->pattern[1] == '\0')
        return *at->text == '\0' || *at->text == '/';
    return at->pattern[0] == '\0' && *at->text == '\0';
}

/* Whether it means only itself in a pattern: an ASCII letter or digit, `-`, `.` or `/`. */
static int is_plain(unsigned char character)
{
    return is_letter(character) || (character >= '-' && character <= '9');
}

/* Moves on over characters that are equal, but not over a slash at the end of the pattern. Most
 * patterns differ from most paths early: returns 0 if they do for good, so that an anchored pattern
 * does not match in whatever case. */
static int take_equal(struct cursor *at)
{
    while (*at->pattern == *at->text && is_plain((unsigned char)*at->pattern) &&
           (*at->pattern != '/' || at->pattern[1] != '\0')) {
        at->pattern++;
        at->text++;
    }
    return ((*at->pattern ^ *at->text) & ~0x20) == 0 || !is_plain((unsigned char)*at->pattern) ||
           !is_plain((unsigned char)*at->text);
}

static int match(const char *pattern, const char *path, int is_alike)
{
    const char *const first = pattern + (*pattern == '/');
    struct cursor at = {first, path + 1};
    struct retry star = {{NULL, NULL}, 0};
    struct retry globstar = {{NULL, NULL}, 1};

    if (first == pattern)
        globstar.at = at;
    else if (*first == '\0')
        return 1;
    else if (!take_equal(&at))
        return 0;
    while (!has_matched(&at)) {
        if (*at.pattern == '*')
            take_star(&at, at.pattern == first || at.pattern[-1] == '/', &star, &globstar);
        else if (*at.text != '\0' && match_element(&at, is_alike))
            continue;
        else if (retry_next(&star, &at, 0))
            continue;
        else if (retry_next(&globstar, &at, 1))
            star.at.pattern = NULL;
        else
            return 0;
    }
    return 1;
}

int pattern_match(const char *pattern, const char *path)
{
    return match(pattern, path, 0);
}

int pattern_match_alike(const char *pattern, const char *path)
{
    return match(pattern, path, 1);
}

/* ---- faults ---- */

static const char unclosed[] = "'[' has no ']'; close it, or write '\\[' for the character itself";

/* What is wrong with the member of a set at `member`, or NULL. */
static const char *member_fault(const char *member, const char *end)
{
    const int is_escaped = *member == '\\';

    if (is_escaped && member + 1 == end)
        return unclosed;
    if (member[is_escaped] == '/')
        return "'/' inside [] could never match; write it outside the brackets";
    if (*member == '[' && member + 1 < end &&
        (member[1] == ':' || member[1] == '.' || member[1] == '='))
        return "named classes such as [:digit:] are not supported; write a range such as [0-9]";
    return NULL;
}

/* The same for a member or a range; moves `*member` past it. */
static const char *range_fault(const char **member, const char *end)
{
    const char *fault = member_fault(*member, end);
    unsigned low;

    if (fault)
        return fault;
    low = bracket_character(member);
    if (*member + 1 >= end || (*member)[0] != '-' || (*member)[1] == ']')
        return NULL;
    fault = member_fault(++*member, end);
    if (!fault && bracket_character(member) < low)
        fault = "a range in [] runs backwards; write the lower end first";
    return fault;
}

static const char *bracket_fault(const char **position, const char *end)
{
    const char *member = *position + 1;
    const char *fault = NULL;
    const char *first;

    if (member < end && (*member == '!' || *member == '^'))
        member++;
    for (first = member; member < end && (*member != ']' || member == first) && !fault;)
        fault = range_fault(&member, end);
    if (!fault && member >= end)
        fault = unclosed;
    *position = member + 1;
    return fault;
}

/* A component that no resolved path has: empty, `.` or `..`. */
static const char *component_fault(const char *component, size_t length)
{
    if (length == 0)
        return "'//' could never match; write one '/'";
    if (component[0] == '.' && (length == 1 || (length == 2 && component[1] == '.')))
        return "a '.' or '..' component could never match; write the path without it";
    return NULL;
}

static const char *components_fault(const char *pattern, const char *end)
{
    const char *component = pattern + (pattern < end && *pattern == '/');
    const char *fault = NULL;

    while (component < end && !fault) {
        const char *slash = component;

        while (slash < end && *slash != '/')
            slash++;
        fault = component_fault(component, (size_t)(slash - component));
        component = slash + 1;
    }
    return fault;
}

/*
 * What another program should have removed or expanded: the quotes of an env file (docker
 * --env-file), the carriage return of a Windows editor, YAML's last newline, a shell's `~` or `$`.
 * Few names contain these on purpose; a backslash marks the ones that do.
 */
static const char *stray_fault(const char *at, const char *pattern, const char *end)
{
    const int is_first = at == pattern;
    const int is_stray = *at == ' ' || *at == '"' || *at == '\'';

    if ((unsigned char)*at < ' ' || *at == 0x7F || (is_stray && (is_first || at + 1 == end)) ||
        (is_first && (*at == '$' || (*at == '~' && at + 1 < end && at[1] == '/'))))
        return "a stray blank, quote, control character, '~/' or '$'; remove it, or write a '\\' "
               "before it";
    return NULL;
}

const char *pattern_fault(const char *pattern, size_t length)
{
    const char *const end = pattern + length;
    const char *fault = NULL;

    if (length == 0)
        return "a pattern is empty; name a path, or remove the ':'";
    if (length > PATTERN_MAX)
        return "a pattern is longer than 4095 bytes; no path is";
    for (const char *at = pattern; at < end && !fault;) {
        if (is_plain((unsigned char)*at)) {
            at++;
        } else if (*at == '[') {
            fault = bracket_fault(&at, end);
        } else if (*at == '\\' && at + 1 == end) {
            fault = "'\\' at the end escapes nothing; write '\\\\' for the character itself";
        } else if (*at == '\\' && at[1] == '/') {
            fault = "'\\/' could never match; write '/' alone";
        } else {
            if (*at != '\\')
                fault = stray_fault(at, pattern, end);
            at += 1 + (*at == '\\');
        }
    }
    return fault ? fault : components_fault(pattern, end);
}
