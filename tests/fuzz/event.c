/* SPDX-License-Identifier: MIT */
/*
 * core/event.h, and back by launcher/records/records.h: an event is one line that no name can forge, and gives the exact
 * bytes back.
 *
 * Input: bytes for the numbers and kinds, then pattern, source, destination and program, each with a NUL behind it.
 */
#include "core/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "launcher/records/records.h"

static unsigned long long input_number(struct input *input, unsigned bytes)
{
    unsigned long long number = 0;

    while (bytes-- > 0)
        number = number << 8 | input_byte(input);
    return number;
}

static void fill_left(struct input *input, struct event *event)
{
    static struct event_state left;

    if (!(input_byte(input) & 1))
        return;
    memset(&left, 0, sizeof left);
    left.device_major = (unsigned)input_number(input, 4);
    left.device_minor = (unsigned)input_number(input, 4);
    left.inode = input_number(input, 8);
    left.size = input_number(input, 8);
    left.modified = (long long)input_number(input, 8);
    left.changed = (long long)input_number(input, 8);
    left.mode = (unsigned)input_number(input, 4);
    left.links = (unsigned)input_number(input, 4);
    left.owner = (unsigned)input_number(input, 4);
    left.group = (unsigned)input_number(input, 4);
    event->left = &left;
}

static void fill(struct input *input, struct event *event)
{
    static const char *const calls[] = {"rename", "renameat", "renameat2"};

    *event = (struct event){
        .verdict = (enum event_verdict)(input_byte(input) % 3),
        .rule = (enum event_rule)(input_byte(input) % (EVENT_RULE_POLICY_ERROR + 1)),
        .call = calls[input_byte(input) % 3],
        .seconds = (long long)(input_number(input, 5)),
        .nanoseconds = (long)(input_number(input, 4) % 1000000000),
        .pid = (int)(input_number(input, 4) & 0x7FFFFFFF),
        .unless = (enum event_rule)(input_byte(input) % (EVENT_RULE_ALLOW_IF_EMPTY + 1)),
        .repeated = (unsigned)input_number(input, 4),
    };
    if (event->unless < EVENT_RULE_ALLOW_IF_SAME)
        event->unless = EVENT_RULE_DEFAULT;
    event->pattern = input_string(input, PATTERN_MAX);
    event->source = input_string(input, PATH_RESOLVED_MAX);
    event->destination = input_string(input, PATH_RESOLVED_MAX);
    event->program = input_string(input, PATH_RESOLVED_MAX);
    fill_left(input, event);
}

static void drop(struct event *event)
{
    free((char *)(uintptr_t)event->pattern);
    free((char *)(uintptr_t)event->source);
    free((char *)(uintptr_t)event->destination);
    free((char *)(uintptr_t)event->program);
}

/* What the rule reads as: by core/event.h's words, not by its code. */
static char *rule_of(const struct event *event, enum event_rule rule)
{
    static const char *const words[] = {
        "default",        "protect:", "allow:",    "allow_if:same", "allow_if:symlink",
        "allow_if:empty", "fallback", "undecided", "policy-error"};
    const int has_pattern = rule == EVENT_RULE_PROTECT || rule == EVENT_RULE_ALLOW;

    return join(words[rule], has_pattern ? event->pattern : "");
}

static void require_rule(const struct event *event, enum event_rule rule, const char *read)
{
    char *const expected = rule_of(event, rule);

    require(read && strcmp(read, expected) == 0, "the rule comes back");
    free(expected);
}

static void require_back(const struct event *event, const struct record *record)
{
    require(record->verdict == event->verdict, "the verdict comes back");
    require(strcmp(record->source, event->source) == 0, "the source comes back");
    require(strcmp(record->destination, event->destination) == 0, "the destination comes back");
    require(strcmp(record->program, event->program) == 0, "the program comes back");
    require(record->repeated == event->repeated, "the repetitions come back");
    require_rule(event, event->rule, record->rule);
    require(record->kind == event->rule, "the rule is known");
    require(record->unless == event->unless, "the exception comes back");
    require(record->has_left == (event->left != NULL), "a state comes back where there was one");
    require(!event->left || memcmp(&record->left, event->left, sizeof record->left) == 0,
            "the state comes back");
}

/* One record, whatever stands in the names. */
static void require_one_record(const struct event *event, const char *line, size_t length)
{
    struct records records;

    require(records_read(memory_file(line, length), &records) == 0, "the log is read");
    require(records.count == 1 && records.damaged == 0, "a line is one event");
    require_back(event, &records.list[0]);
    records_free(&records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char line[EVENT_LINE_MAX];
    struct input input = {data, size};
    struct event event;
    size_t length;
    char *tight;

    fill(&input, &event);
    length = event_encode(&event, line, sizeof line);
    require(length > 0, "any event has room");
    require(line[length - 1] == '\n' && is_printable_utf8(line, length - 1),
            "an event is one line of UTF-8");
    require_one_record(&event, line, length);
    tight = malloc(length);
    require(event_encode(&event, tight, length) == length && memcmp(tight, line, length) == 0,
            "it fits where it just fits");
    require(event_encode(&event, tight, length - 1 - input_byte(&input) % length) == 0,
            "and nowhere less");
    free(tight);
    drop(&event);
    return 0;
}
