/* SPDX-License-Identifier: MIT */
#include "core/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "unit/run.h"

/* ---- a reader of JSON that forgives nothing ---- */

/* Appends `code` as UTF-8, or as the byte that U+DC80 to U+DCFF stand for. */
static char *put_code(char *out, unsigned code)
{
    if (code >= 0xDC80 && code <= 0xDCFF) {
        *out++ = (char)(code - 0xDC00);
    } else if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* One character of a string at `*at`, escaped or not, goes to `out`. */
static char *read_character(const char **at, char *out)
{
    unsigned code;
    unsigned length;

    if (**at != '\\') {
        code = utf8_decode(*at, &length);
        ck_assert_msg(code >= 0x20 && (code & ~0xFFu) != 0xDC00, "a raw %04x", code);
        memcpy(out, *at, length);
        *at += length;
        return out + length;
    }
    if ((*at)[1] == 'u') {
        ck_assert_int_eq(sscanf(*at + 2, "%4x", &code), 1);
        ck_assert_uint_eq(strspn(*at + 2, "0123456789abcdef") >= 4, 1);
        *at += 6;
        return put_code(out, code);
    }
    ck_assert((*at)[1] == '"' || (*at)[1] == '\\');
    *out = (*at)[1];
    *at += 2;
    return out + 1;
}

/* A string in quotes at `*at`, which is moved behind it. */
static void read_string(const char **at, char *out)
{
    ck_assert_int_eq(**at, '"');
    for (++*at; **at != '"';)
        out = read_character(at, out);
    *out = '\0';
    ++*at;
}

#define FIELDS_MAX 12
#define VALUE_MAX PATH_RESOLVED_MAX

static struct {
    char key[32];
    char value[VALUE_MAX];
} fields[FIELDS_MAX];

static int field_count;

/* Reads a flat object of strings and numbers and a newline into `fields`. */
static void read_line(const char *line)
{
    field_count = 0;
    ck_assert_int_eq(*line, '{');
    do {
        line++;
        ck_assert_int_lt(field_count, FIELDS_MAX);
        read_string(&line, fields[field_count].key);
        ck_assert_int_eq(*line++, ':');
        if (*line == '"') {
            read_string(&line, fields[field_count].value);
        } else {
            const size_t length = strspn(line, "0123456789.");

            ck_assert_uint_gt(length, 0);
            snprintf(fields[field_count].value, VALUE_MAX, "%.*s", (int)length, line);
            line += length;
        }
        field_count++;
    } while (*line == ',');
    ck_assert_str_eq(line, "}\n");
}

static const char *value(const char *key)
{
    const char *found = NULL;

    for (int i = 0; i < field_count; i++) {
        if (strcmp(fields[i].key, key) == 0) {
            ck_assert_msg(!found, "%s is there twice", key);
            found = fields[i].value;
        }
    }
    return found ? found : "(none)";
}

/* ---- encoding ---- */

static const struct event plain = {
    .seconds = 1795390000,
    .nanoseconds = 123456789,
    .verdict = EVENT_REFUSED,
    .rule = EVENT_RULE_PROTECT,
    .pattern = "/srv/dist/",
    .call = "rename",
    .source = "/srv/tmp/a",
    .destination = "/srv/dist/a",
    .program = "/usr/bin/mv",
    .pid = 42,
};

static char line[EVENT_LINE_MAX + 1];

/* Encodes and reads back. */
static void pass_through(const struct event *event)
{
    const size_t length = event_encode(event, line, EVENT_LINE_MAX);

    ck_assert_uint_gt(length, 0);
    line[length] = '\0';
    ck_assert_uint_eq(strlen(line), length);
    ck_assert_ptr_eq(strchr(line, '\n'), line + length - 1);
    read_line(line);
}

START_TEST(an_event_is_the_line_in_the_header)
{
    pass_through(&plain);
    ck_assert_str_eq(line,
                     "{\"time\":1795390000.123456789,\"verdict\":\"refused\",\"rule\":"
                     "\"protect:/srv/dist/\",\"call\":\"rename\",\"source\":\"/srv/tmp/a\","
                     "\"destination\":\"/srv/dist/a\",\"pid\":42,\"program\":\"/usr/bin/mv\"}\n");
}
END_TEST

/* ---- verdicts, rules, numbers ---- */

static const struct {
    enum event_verdict verdict;
    const char *name;
} verdicts[] = {{EVENT_REFUSED, "refused"}, {EVENT_AUDITED, "audited"}, {EVENT_ALLOWED, "allowed"}};

START_TEST(a_verdict_has_a_name)
{
    struct event event = plain;

    event.verdict = verdicts[_i].verdict;
    pass_through(&event);
    ck_assert_str_eq(value("verdict"), verdicts[_i].name);
}
END_TEST

static const struct {
    enum event_rule rule;
    const char *pattern;
    const char *name;
} rules[] = {
    {EVENT_RULE_DEFAULT, NULL, "default"},
    {EVENT_RULE_DEFAULT, "ignored", "default"},
    {EVENT_RULE_PROTECT, "*.deb", "protect:*.deb"},
    {EVENT_RULE_PROTECT, "a\\:\"b\n", "protect:a\\:\"b\n"},
    {EVENT_RULE_ALLOW, "tmp/", "allow:tmp/"},
    {EVENT_RULE_ALLOW_IF_SAME, NULL, "allow_if:same"},
    {EVENT_RULE_ALLOW_IF_SYMLINK, NULL, "allow_if:symlink"},
    {EVENT_RULE_ALLOW_IF_EMPTY, NULL, "allow_if:empty"},
    {EVENT_RULE_FALLBACK, NULL, "fallback"},
    {EVENT_RULE_UNDECIDED, NULL, "undecided"},
    {EVENT_RULE_POLICY_ERROR, NULL, "policy-error"},
};

START_TEST(a_rule_has_a_name)
{
    struct event event = plain;

    event.rule = rules[_i].rule;
    event.pattern = rules[_i].pattern;
    pass_through(&event);
    ck_assert_str_eq(value("rule"), rules[_i].name);
}
END_TEST

static const struct {
    long long seconds;
    long nanoseconds;
    const char *time;
} times[] = {
    {0, 0, "0.000000000"},
    {1, 1, "1.000000001"},
    {1795390000, 999999999, "1795390000.999999999"},
    {4294967296, 5000000, "4294967296.005000000"},
};

START_TEST(a_time_has_nine_digits)
{
    struct event event = plain;

    event.seconds = times[_i].seconds;
    event.nanoseconds = times[_i].nanoseconds;
    pass_through(&event);
    ck_assert_str_eq(value("time"), times[_i].time);
}
END_TEST

START_TEST(repetitions_are_told_only_where_there_are_any)
{
    struct event event = plain;

    pass_through(&event);
    ck_assert_str_eq(value("repeated"), "(none)");
    event.repeated = 4294967295u;
    pass_through(&event);
    ck_assert_str_eq(value("repeated"), "4294967295");
}
END_TEST

START_TEST(an_exception_that_would_have_done_is_told_only_where_there_is_one)
{
    struct event event = plain;

    event.verdict = EVENT_AUDITED;
    pass_through(&event);
    ck_assert_str_eq(value("unless"), "(none)");
    event.unless = EVENT_RULE_ALLOW_IF_EMPTY;
    pass_through(&event);
    ck_assert_str_eq(value("unless"), "allow_if:empty");
}
END_TEST

START_TEST(the_state_that_was_left_is_told_where_it_is_known)
{
    static const struct event_state left = {
        4294967295u, 1, 18446744073709551615u, 3, -1, 1795390000000000001, 0100644, 2, 0, 1000};
    struct event event = plain;

    pass_through(&event);
    ck_assert_str_eq(value("left"), "(none)");
    event.left = &left;
    pass_through(&event);
    ck_assert_str_eq(value("left"), "4294967295:1:18446744073709551615:3:18446744073709551615:"
                                    "1795390000000000001:33188:2:0:1000");
}
END_TEST

/* ---- names that mean harm ---- */

static const struct {
    const char *name;
    const char *path;
} hostiles[] = {
    {"newline", "/a\n{\"time\":1,\"verdict\":\"allowed\"}\n"},
    {"quote", "/a\",\"verdict\":\"allowed\",\"x\":\"b"},
    {"backslash at the end", "/a\\"},
    {"backslash and quote", "/a\\\""},
    {"an escape spelt out", "/a\\u000a\\udcff"},
    {"lowest and highest control", "/\001\037"},
    {"tab, return, bell, escape", "/\t\r\a\033]0;title\a"},
    {"DEL", "/\177"},
    {"C1", "/\xC2\x80\xC2\x85\xC2\x9B\xC2\x9F"},
    {"C1 as bytes", "/\x80\x85\x9B\x9F"},
    {"line and paragraph separator", "/\xE2\x80\xA8\xE2\x80\xA9"},
    {"every continuation byte", "/\x80\x8F\x90\x9F\xA0\xAF\xB0\xBF"},
    {"bytes that begin nothing", "/\xC0\xC1\xF5\xF8\xFE\xFF"},
    {"an overlong NUL", "/\xC0\x80"},
    {"an overlong newline", "/\xC0\x8A\xE0\x80\x8A"},
    {"an overlong quote", "/\xC0\xA2"},
    {"a surrogate in UTF-8", "/\xED\xA0\x80\xED\xB3\xBF"},
    {"a sequence cut off at the end", "/\xE2\x80"},
    {"a sequence cut off by a quote", "/\xE2\x80\",\"verdict\":\"allowed"},
    {"beyond Unicode", "/\xF4\x90\x80\x80"},
    {"the last character", "/\xF4\x8F\xBF\xBF"},
    {"a face", "/\xF0\x9F\x98\x80"},
    {"noncharacters", "/\xEF\xBF\xBE\xEF\xBF\xBF"},
    {"empty", ""},
};

START_TEST(no_name_can_forge_a_record)
{
    struct event event = plain;

    event.source = event.destination = event.program = hostiles[_i].path;
    event.pattern = hostiles[_i].path;
    pass_through(&event);
    ck_assert_msg(field_count == 8, "%s: %d fields", hostiles[_i].name, field_count);
    ck_assert_msg(strcmp(value("verdict"), "refused") == 0, "%s", hostiles[_i].name);
    ck_assert_msg(strcmp(value("source"), hostiles[_i].path) == 0, "%s", hostiles[_i].name);
    ck_assert_msg(strcmp(value("destination"), hostiles[_i].path) == 0, "%s", hostiles[_i].name);
    ck_assert_msg(strcmp(value("program"), hostiles[_i].path) == 0, "%s", hostiles[_i].name);
    ck_assert_msg(strcmp(value("rule") + strlen("protect:"), hostiles[_i].path) == 0, "%s",
                  hostiles[_i].name);
    ck_assert_msg(strcspn(line, "\n\r\t\033\177") == strlen(line) - 1, "%s", hostiles[_i].name);
}
END_TEST

/* Every pair of bytes is a name that comes back exactly. */
START_TEST(any_two_bytes_come_back)
{
    for (unsigned first = 1; first < 256; first++) {
        char path[2 * 255 + 1];

        for (unsigned second = 1; second < 256; second++) {
            path[2 * (second - 1)] = (char)first;
            path[2 * (second - 1) + 1] = (char)second;
        }
        path[sizeof path - 1] = '\0';
        {
            struct event event = plain;

            event.destination = path;
            pass_through(&event);
            ck_assert_msg(strcmp(value("destination"), path) == 0, "byte %02x", first);
        }
    }
}
END_TEST

/* ---- room ---- */

START_TEST(what_does_not_fit_is_no_event)
{
    const size_t length = event_encode(&plain, line, sizeof line);

    for (size_t size = 0; size < length; size++) {
        line[size] = 'X';
        ck_assert_uint_eq(event_encode(&plain, line, size), 0);
        ck_assert_int_eq(line[size], 'X');
    }
    ck_assert_uint_eq(event_encode(&plain, line, length), length);
}
END_TEST

START_TEST(the_largest_event_fits)
{
    static char path[PATH_RESOLVED_MAX];
    static char pattern[PATTERN_MAX + 1];
    struct event event = plain;

    memset(path, '\001', sizeof path - 1);
    memset(pattern, '\377', sizeof pattern - 1);
    event.source = event.destination = event.program = path;
    event.pattern = pattern;
    event.call = "renameat2";
    event.seconds = 9223372036854775807;
    event.nanoseconds = 999999999;
    event.pid = 2147483647;
    event.repeated = 4294967295u;
    ck_assert_uint_gt(event_encode(&event, line, EVENT_LINE_MAX), 6 * 3 * (sizeof path - 1));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, an_event_is_the_line_in_the_header);
    tcase_add_loop_test(tcase, a_verdict_has_a_name, 0, ROWS(verdicts));
    tcase_add_loop_test(tcase, a_rule_has_a_name, 0, ROWS(rules));
    tcase_add_loop_test(tcase, a_time_has_nine_digits, 0, ROWS(times));
    tcase_add_test(tcase, the_state_that_was_left_is_told_where_it_is_known);
    tcase_add_test(tcase, an_exception_that_would_have_done_is_told_only_where_there_is_one);
    tcase_add_test(tcase, repetitions_are_told_only_where_there_are_any);
    tcase_add_loop_test(tcase, no_name_can_forge_a_record, 0, ROWS(hostiles));
    tcase_add_test(tcase, any_two_bytes_come_back);
    tcase_add_test(tcase, what_does_not_fit_is_no_event);
    tcase_add_test(tcase, the_largest_event_fits);
}

int main(void)
{
    return run_tests("event", add);
}
