/* SPDX-License-Identifier: MIT */
/*
 * launcher/records/records.h, on a log in which somebody else has written: a torn or foreign line costs no other event,
 * and makes none.
 *
 * Input: `+` puts whole events before and behind, on lines of their own, `-` the one behind right after the bytes, anything
 * else none; then the log.
 */
#include "launcher/records/records.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

static const char before[] =
    "{\"time\":1.000000000,\"verdict\":\"refused\",\"rule\":\"default\",\"call\":\"rename\","
    "\"source\":\"/before\",\"destination\":\"/b\",\"pid\":1,\"program\":\"/bin/mv\"}\n";
static const char behind[] =
    "{\"time\":2.000000000,\"verdict\":\"audited\",\"rule\":\"default\",\"call\":\"rename\","
    "\"source\":\"/behind\",\"destination\":\"/b\",\"pid\":2,\"program\":\"/bin/mv\"}\n";

static size_t put(char *out, size_t used, const char *bytes, size_t length)
{
    memcpy(out + used, bytes, length);
    return used + length;
}

static void require_string(const char *string)
{
    require(string != NULL, "a field that every event has is there");
    require(strlen(string) < 1u << 20, "a string ends");
}

/* Whether the record says, when written anew, what was read: what is read is an event. */
static void require_event(const struct record *record)
{
    require(record->verdict >= EVENT_REFUSED && record->verdict <= EVENT_ALLOWED,
            "a verdict is one of three");
    require_string(record->rule);
    require_string(record->source);
    require_string(record->destination);
    require_string(record->program);
    require(record->repeated <= UINT_MAX, "a count is one of the library's");
}

static size_t count_lines(const char *log, size_t size)
{
    size_t lines = 0;

    for (size_t at = 0; at < size; at++)
        lines += log[at] == '\n';
    return lines + 1;
}

/* How often an event could begin. */
static size_t count_starts(const char *log, size_t size)
{
    static const char start[] = "{\"time\":";
    size_t starts = 0;

    for (size_t at = 0; at + sizeof start - 1 <= size; at++)
        starts += memcmp(log + at, start, sizeof start - 1) == 0;
    return starts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const unsigned kind = input_byte(&input);
    const int is_between = kind == '+' || kind == '-';
    char *const log = malloc(sizeof before + input.left + 1 + sizeof behind);
    struct records records;
    size_t used = 0;

    if (is_between)
        used = put(log, used, before, sizeof before - 1);
    used = put(log, used, (const char *)input.at, input.left);
    if (kind == '+')
        log[used++] = '\n';
    if (is_between)
        used = put(log, used, behind, sizeof behind - 1);
    require(records_read(memory_file(log, used), &records) == 0, "any log is read");
    for (size_t i = 0; i < records.count; i++)
        require_event(&records.list[i]);
    require(records.count + records.damaged <= count_lines(log, used) + count_starts(log, used),
            "nothing is counted twice");
    if (is_between) {
        require(records.count >= 2, "the events before and behind are there");
        require(strcmp(records.list[0].source, "/before") == 0, "the one before is itself");
        require(strcmp(records.list[records.count - 1].source, "/behind") == 0 &&
                    records.list[records.count - 1].verdict == EVENT_AUDITED,
                "the one behind is itself");
    }
    records_free(&records);
    free(log);
    return 0;
}
