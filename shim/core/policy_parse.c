/* SPDX-License-Identifier: MIT */
#include "core/policy.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "core/pattern.h"
#include "core/text.h"

#define PREFIX "NOCLOBBER_"

/* An item of a value: the text between two separators. */
struct word {
    const char *start;
    size_t length;
};

/* The policy being filled, the free part of the storage, and the item being read, for an error. */
struct parser {
    struct policy *policy;
    char *free;
    size_t room;
    struct word culprit;
};

static int word_is(struct word word, const char *name)
{
    return strlen(name) == word.length && memcmp(word.start, name, word.length) == 0;
}

/* The item of `value` up to the next `separator` that has no backslash before it. */
static struct word next_word(const char *value, char separator)
{
    struct word word = {value, 0};

    while (value[word.length] != '\0' && value[word.length] != separator) {
        word.length++;
        if (value[word.length - 1] == '\\' && value[word.length] != '\0')
            word.length++;
    }
    return word;
}

/* Copies a word and a NUL to the storage. Returns the copy, or NULL if there is no room. */
static const char *keep(struct parser *parser, struct word word)
{
    char *const kept = parser->free;

    if (word.length >= parser->room)
        return NULL;
    memcpy(kept, word.start, word.length);
    kept[word.length] = '\0';
    parser->free += word.length + 1;
    parser->room -= word.length + 1;
    return kept;
}

/* ---- one function for each variable ---- */

/* Each returns NULL, or what would be right; "" means that the storage is full. */

static const char *parse_mode(struct parser *parser, const char *value)
{
    const struct word word = {value, strlen(value)};

    if (word_is(word, "audit"))
        parser->policy->mode = POLICY_AUDIT;
    else if (word_is(word, "off") || word_is(word, POLICY_TRACED))
        parser->policy->mode = POLICY_OFF;
    else if (!word_is(word, "enforce"))
        return "must be enforce, audit or off";
    return NULL;
}

static const char *parse_on_refusal(struct parser *parser, const char *value)
{
    const struct word word = {value, strlen(value)};

    if (word_is(word, "error"))
        return NULL;
    parser->policy->on_refusal = POLICY_REFUSAL_EXIT;
    return word_is(word, "exit") ? NULL : "must be error or exit";
}

static const char *parse_fallback(struct parser *parser, const char *value)
{
    const struct word word = {value, strlen(value)};

    if (word_is(word, "emulate"))
        return NULL;
    parser->policy->fallback = POLICY_FALLBACK_REFUSE;
    return word_is(word, "refuse") ? NULL : "must be emulate or refuse";
}

static const char *parse_file(struct parser *parser, const char **file, const char *value)
{
    const struct word word = {value, strlen(value)};

    if (value[0] != '/')
        return "must be an absolute path";
    for (size_t i = 0; i < word.length; i++)
        if ((unsigned char)value[i] < ' ' || (value[i] == ' ' && i + 1 == word.length))
            return "must be an absolute path";
    if (word.length > PATTERN_MAX)
        return "must be a path of at most 4095 bytes";
    *file = keep(parser, word);
    return *file ? NULL : "";
}

static const char *parse_log(struct parser *parser, const char *value)
{
    const struct word word = {value, strlen(value)};

    if (value[0] == '/')
        return parse_file(parser, &parser->policy->log, value);
    parser->policy->log = word_is(word, "-") ? "-" : NULL;
    return parser->policy->log ? NULL : "must be an absolute path, or - for standard error";
}

/* Characters, not pointers: those would be relocated in every process. */
const char policy_conditions[POLICY_CONDITIONS][sizeof "allow_if:symlink"] = {
    "allow_if:same", "allow_if:symlink", "allow_if:empty"};

static const char *parse_allow_if(struct parser *parser, const char *value)
{
    for (;;) {
        const struct word word = next_word(value, ',');
        unsigned i = 0;

        parser->culprit = word;
        while (i < POLICY_CONDITIONS && !word_is(word, policy_condition_name(i)))
            i++;
        POLICY_EACH_CONDITION(3);
        if (i == POLICY_CONDITIONS)
            return "must be a list of same, symlink and empty, separated by ','";
        parser->policy->allow_if |= 1U << i;
        value += word.length;
        if (*value++ == '\0')
            return NULL;
    }
}

static const char *parse_patterns(struct parser *parser, struct policy_patterns *patterns,
                                  const char *value)
{
    patterns->first = parser->free;
    for (;;) {
        const struct word word = next_word(value, ':');
        const char *const fault = pattern_fault(word.start, word.length);

        parser->culprit = word;
        if (fault)
            return fault;
        if (!keep(parser, word))
            return "";
        patterns->count++;
        value += word.length;
        if (*value++ == '\0')
            return NULL;
    }
}

/* ---- the environment ---- */

/* LIBRARY is read by noclobber(1) alone. */
enum variable {
    MODE,
    PROTECT,
    ALLOW,
    ALLOW_IF,
    ON_REFUSAL,
    FALLBACK,
    LOG,
    REPORT,
    LIBRARY,
    UNKNOWN
};

/* Removes the number of an outer policy from a name such as 1_MODE. Returns it, or 0 for none. */
static unsigned take_number(struct word *name)
{
    unsigned number;

    if (name->length < 3 || name->start[0] < '1' || name->start[0] > '0' + POLICY_OUTER_MAX ||
        name->start[1] != '_')
        return 0;
    number = (unsigned)(name->start[0] - '0');
    name->start += 2;
    name->length -= 2;
    return number;
}

static enum variable variable_named(struct word name)
{
    static const char names[][12] = {"MODE",     "PROTECT", "ALLOW",  "ALLOW_IF", "ON_REFUSAL",
                                     "FALLBACK", "LOG",     "REPORT", "LIBRARY"};
    unsigned i = 0;

    while (i < UNKNOWN && !word_is(name, names[i]))
        i++;
    return (enum variable)i;
}

static const char *parse_value(struct parser *parser, enum variable variable, const char *value)
{
    switch (variable) {
    case MODE: return parse_mode(parser, value);
    case PROTECT: return parse_patterns(parser, &parser->policy->protect, value);
    case ALLOW: return parse_patterns(parser, &parser->policy->allow, value);
    case ALLOW_IF: return parse_allow_if(parser, value);
    case ON_REFUSAL: return parse_on_refusal(parser, value);
    case FALLBACK: return parse_fallback(parser, value);
    case LOG: return parse_log(parser, value);
    case REPORT: return parse_file(parser, &parser->policy->report, value);
    case LIBRARY: return NULL;
    case UNKNOWN: break;
    }
    return "unknown variable; NOCLOBBER_ is followed by MODE, PROTECT, ALLOW, ALLOW_IF, "
           "ON_REFUSAL, FALLBACK or LOG";
}

static const char *parse_variable(struct parser *parser, struct word name, const char *value)
{
    const enum variable variable = variable_named(name);

    parser->culprit.start = value;
    parser->culprit.length = strlen(value);
    if (*value != '\0' || variable == UNKNOWN)
        return parse_value(parser, variable, value);
    /* An empty PROTECT comes from a shell variable that was never set, not from a wish to guard
     * nothing. */
    return variable == PROTECT ? "must name a pattern; unset it to guard every destination" : NULL;
}

/* Whether `variable` begins with the `length` bytes at `start`. */
static int begins_with(const char *variable, const char *start, size_t length)
{
    size_t same = 0;

    while (same < length && variable[same] == start[same] && start[same] != '\0')
        same++;
    return same == length;
}

/* The name after the prefix if `variable` is one of ours; else a word of length 0. */
static struct word own_name(const char *variable)
{
    const size_t prefix = strlen(PREFIX);
    struct word name = {variable, 0};

    if (begins_with(variable, PREFIX, prefix)) {
        name = next_word(variable + prefix, '=');
        if (name.start[name.length] != '=')
            name.length = 0;
    }
    return name;
}

/* Whether an earlier variable has the same name. */
static int is_repeated(char *const *environment, char *const *variable, struct word name)
{
    const size_t length = (size_t)(name.start + name.length + 1 - *variable);

    while (environment < variable)
        if (begins_with(*environment++, *variable, length))
            return 1;
    return 0;
}

/* Drops everything that could let an overwrite through. */
static void fall_back(struct policy *policy)
{
    const struct policy_patterns none = {NULL, 0};

    policy->mode = POLICY_ENFORCE;
    policy->protect = none;
    policy->allow = none;
    policy->allow_if = 0;
    policy->is_fallen_back = 1;
}

/* The number of outer policies in the environment: the highest number in a name. */
static unsigned count_outer(char *const *environment)
{
    unsigned most = 0;

    for (; *environment; environment++) {
        struct word name = own_name(*environment);
        const unsigned number = take_number(&name);

        most = number > most ? number : most;
    }
    return most;
}

size_t policy_storage_size(char *const *environment)
{
    const unsigned outer_count = count_outer(environment);
    size_t size = 0;

    if (outer_count != 0)
        size = outer_count * sizeof(struct policy) + _Alignof(struct policy);
    for (; *environment; environment++)
        if (own_name(*environment).length != 0)
            size += strlen(*environment);
    return size < POLICY_STORAGE_SIZE ? size : POLICY_STORAGE_SIZE;
}

/* Allots `count` outer policies at the start of the storage. Returns them; NULL for none, or if
 * there is no room. */
static struct policy *make_outer(struct parser *parser, unsigned count)
{
    const size_t gap = -(uintptr_t)parser->free % _Alignof(struct policy);
    const size_t size = gap + count * sizeof(struct policy);
    struct policy *outer;

    if (count == 0 || size > parser->room)
        return NULL;
    outer = (struct policy *)(void *)(parser->free + gap);
    memset(outer, 0, count * sizeof *outer);
    parser->free += size;
    parser->room -= size;
    parser->policy->outer = outer;
    parser->policy->outer_count = count;
    return outer;
}

/* ON_REFUSAL and FALLBACK are the strictest of all policies. */
static void take_strictest(struct policy *policy)
{
    for (unsigned i = 0; i < policy->outer_count; i++) {
        if (policy->outer[i].on_refusal == POLICY_REFUSAL_EXIT)
            policy->on_refusal = POLICY_REFUSAL_EXIT;
        if (policy->outer[i].fallback == POLICY_FALLBACK_REFUSE)
            policy->fallback = POLICY_FALLBACK_REFUSE;
    }
}

/* Parses the variable into the policy that the number in its name selects. Returns as above. */
static const char *parse_numbered(struct parser *parser, struct policy *own, struct policy *outer,
                                  struct word name)
{
    const char *const value = name.start + name.length + 1;
    const unsigned number = take_number(&name);

    parser->culprit.start = value;
    parser->culprit.length = strlen(value);
    if (number != 0 && !outer)
        return "";
    parser->policy = number == 0 ? own : &outer[number - 1];
    return parse_variable(parser, name, value);
}

int policy_parse(struct policy *policy, char *const *environment, char *storage, size_t size,
                 struct policy_error *error)
{
    struct parser parser = {policy, storage, size, {NULL, 0}};
    struct policy *outer;
    int result = 0;

    memset(policy, 0, sizeof *policy);
    outer = make_outer(&parser, count_outer(environment));
    for (char *const *variable = environment; *variable; variable++) {
        const struct word name = own_name(*variable);
        const char *expected = NULL;

        if (name.length != 0 && !is_repeated(environment, variable, name))
            expected = parse_numbered(&parser, policy, outer, name);
        if (expected && result == 0) {
            result = *expected == '\0' ? -E2BIG : -EINVAL;
            error->variable = *variable;
            error->value = parser.culprit.start;
            error->value_length = parser.culprit.length;
            error->expected =
                *expected == '\0' ? "all patterns together must fit in 128 KiB" : expected;
        }
    }
    take_strictest(policy);
    if (result < 0)
        fall_back(policy);
    return result;
}

/* Appends at most `limit` bytes of `word`, escaped. */
TEXT_GUARDED static void put_word(struct text *text, struct word word, size_t limit)
{
    char shown[65];
    const size_t length = word.length < limit ? word.length : limit;

    memcpy(shown, word.start, length);
    shown[length] = '\0';
    text_put_json(text, shown);
    if (length < word.length)
        text_puts(text, "...");
}

size_t policy_error_message(const struct policy_error *error, char *out, size_t size)
{
    const struct word value = {error->value, error->value_length};
    struct text text;

    text_begin(&text, out, size);
    text_puts(&text, "libnoclobber: ");
    put_word(&text, next_word(error->variable, '='), 32);
    text_puts(&text, " '");
    put_word(&text, value, 64);
    text_puts(&text, "': ");
    text_puts(&text, error->expected);
    text_puts(&text, "; until this is fixed, every destination is guarded\n");
    return text.length;
}
