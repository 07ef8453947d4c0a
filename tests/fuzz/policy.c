/* SPDX-License-Identifier: MIT */
/*
 * core/policy.h: whatever the environment says, what comes out is a policy, and a strict one where anything is wrong.
 *
 * Input: the environment, its strings each with a NUL behind it. One that begins with a digit below 8 has the name of
 * a variable in the digit's place. Its first byte says how much storage is withheld.
 */
#include "core/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/pattern.h"
#include "fuzz/fuzz.h"

#define STRINGS_MAX 12

static const char *const names[] = {
    "NOCLOBBER_MODE=",       "NOCLOBBER_PROTECT=",  "NOCLOBBER_ALLOW=", "NOCLOBBER_ALLOW_IF=",
    "NOCLOBBER_ON_REFUSAL=", "NOCLOBBER_FALLBACK=", "NOCLOBBER_LOG=",   "NOCLOBBER_REPORT="};

struct environment {
    char *strings[STRINGS_MAX + 1];
    size_t count;
};

static void fill(struct environment *environment, struct input *input)
{
    environment->count = 0;
    while (input->left > 0 && environment->count < STRINGS_MAX) {
        char *string = input_string(input, 4096 + 64);

        if (*string >= '0' && *string < '8') {
            char *const whole = join(names[*string - '0'], string + 1);

            free(string);
            string = whole;
        }
        environment->strings[environment->count++] = string;
    }
    environment->strings[environment->count] = NULL;
}

static void empty(struct environment *environment)
{
    while (environment->count > 0)
        free(environment->strings[--environment->count]);
}

/* ---- what holds for every policy ---- */

/* Appends the patterns as a variable's value, after checking each. */
static char *spell_patterns(const char *name, const struct policy_patterns *patterns,
                            const char *storage, size_t size)
{
    const char *pattern = patterns->first;
    char *value = join(name, "");

    for (size_t i = 0; i < patterns->count; i++) {
        char *const longer = join(value, i == 0 ? "" : ":");

        require(pattern >= storage && pattern < storage + size, "a pattern is in the storage");
        require(!pattern_fault(pattern, strlen(pattern)), "a pattern that is kept has no fault");
        free(value);
        value = join(longer, pattern);
        free(longer);
        pattern += strlen(pattern) + 1;
    }
    return value;
}

static void require_patterns_equal(const struct policy_patterns *one,
                                   const struct policy_patterns *other)
{
    const char *left = one->first;
    const char *right = other->first;

    require(one->count == other->count, "as many patterns after another reading");
    for (size_t i = 0; i < one->count; i++) {
        require(strcmp(left, right) == 0, "the same patterns after another reading");
        left += strlen(left) + 1;
        right += strlen(right) + 1;
    }
}

/* What the policy's lists say, said again and read again, is the same: nothing of one pattern is taken for two. */
static void require_same_again(const struct policy *policy, const char *storage, size_t size)
{
    char *variables[3] = {NULL, NULL, NULL};
    struct policy_error error;
    struct policy again;
    char *other;
    size_t count = 0;
    size_t room;

    if (policy->protect.count > 0)
        variables[count++] = spell_patterns("NOCLOBBER_PROTECT=", &policy->protect, storage, size);
    if (policy->allow.count > 0)
        variables[count++] = spell_patterns("NOCLOBBER_ALLOW=", &policy->allow, storage, size);
    room = policy_storage_size(variables);
    other = malloc(room + 1);
    require(policy_parse(&again, variables, other, room, &error) == 0, "it is accepted again");
    require_patterns_equal(&policy->protect, &again.protect);
    require_patterns_equal(&policy->allow, &again.allow);
    free(other);
    free(variables[0]);
    free(variables[1]);
}

static void require_file(const char *path, const char *storage, size_t size)
{
    require(!path || strcmp(path, "-") == 0 ||
                (path >= storage && path < storage + size && *path == '/' &&
                 strlen(path) <= PATTERN_MAX),
            "a file is - or an absolute path in the storage");
}

static void require_strict(const struct policy *policy)
{
    const struct policy_decision decision = policy_decide(policy, "/any/where");

    require(policy->is_fallen_back && policy->mode == POLICY_ENFORCE && policy->allow_if == 0 &&
                policy->protect.count == 0 && policy->allow.count == 0,
            "a policy that is wrong guards everything");
    require(decision.guard == POLICY_GUARDED, "every destination is guarded then");
    require(policy->outer_count > 0 || !policy_needs_path(policy), "whatever its path is");
}

static int is_inside(const char *at, size_t length, const char *string)
{
    return at >= string && at + length <= string + strlen(string);
}

static void require_message(const struct policy_error *error, const struct environment *environment)
{
    char *const message = malloc(POLICY_MESSAGE_MAX);
    const size_t length = policy_error_message(error, message, POLICY_MESSAGE_MAX);
    int is_known = 0;

    for (size_t i = 0; i < environment->count; i++)
        is_known |= error->variable == environment->strings[i];
    require(is_known, "what is wrong is one of the strings");
    require(is_inside(error->value, error->value_length, error->variable), "and a part of it");
    require(length > 1 && message[length - 1] == '\n' && is_printable_utf8(message, length - 1),
            "the message is one line");
    for (size_t size = 0; size < length; size += 1 + length / 8)
        require(policy_error_message(error, message, size) == size, "a short message is cut");
    free(message);
}

/* The documents' own rule, on its own: the first variable of a name is the one that counts. */
static int says(const struct environment *environment, const char *name, const char *value)
{
    const size_t length = strlen(name);

    for (size_t i = 0; i < environment->count; i++)
        if (strncmp(environment->strings[i], name, length) == 0)
            return strcmp(environment->strings[i] + length, value) == 0;
    return 0;
}

static void require_words(const struct policy *policy, const struct environment *environment)
{
    require((policy->mode == POLICY_AUDIT) == says(environment, names[0], "audit"), "audit");
    require((policy->mode == POLICY_OFF) ==
                (says(environment, names[0], "off") || says(environment, names[0], POLICY_TRACED)),
            "off");
    require((policy->on_refusal == POLICY_REFUSAL_EXIT) == says(environment, names[4], "exit"),
            "exit");
    require((policy->fallback == POLICY_FALLBACK_REFUSE) == says(environment, names[5], "refuse"),
            "refuse");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const size_t withheld = input_byte(&input) % 8;
    struct environment environment;
    struct policy_error error;
    struct policy policy;
    size_t room;
    char *storage;
    int result;

    fill(&environment, &input);
    room = policy_storage_size(environment.strings);
    room -= withheld < room ? withheld : room;
    storage = malloc(room);
    result = policy_parse(&policy, environment.strings, storage, room, &error);
    require(result == 0 || result == -EINVAL || result == -E2BIG, "nothing else is answered");
    require(result != -E2BIG || withheld > 0, "the storage asked for is enough");
    if (result < 0) {
        require_message(&error, &environment);
        require_strict(&policy);
    } else {
        require(!policy.is_fallen_back, "a good policy stands");
        require_words(&policy, &environment);
    }
    empty(&environment); /* what the policy keeps is its own */
    require_file(policy.log, storage, room);
    require_file(policy.report, storage, room);
    require_same_again(&policy, storage, room);
    free(storage);
    return 0;
}
