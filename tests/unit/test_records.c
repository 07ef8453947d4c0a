/* SPDX-License-Identifier: MIT */
#include "launcher/records/records.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/run.h"
#include "unit/sandbox.h"

#define GOOD(name)                                                                                 \
    "{\"time\":1.5,\"verdict\":\"refused\",\"rule\":\"default\",\"call\":\"rename\",\"source\":"   \
    "\"/a\",\"destination\":\"" name "\",\"pid\":42,\"program\":\"/bin/mv\"}"

static struct records records;

static void read_text(const char *text, size_t length)
{
    FILE *const file = fopen("log", "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(records_read("log", &records), 0);
}

/* ---- round trip ---- */

static void put_random(char *out, size_t size)
{
    const size_t length = (size_t)rand() % size;

    for (size_t i = 0; i < length; i++)
        out[i] = (char)(rand() % 255 + 1);
    out[length] = '\0';
}

static int is_equal_state(const struct event_state *one, const struct event_state *other)
{
    return one->device_major == other->device_major && one->device_minor == other->device_minor &&
           one->inode == other->inode && one->size == other->size &&
           one->modified == other->modified && one->changed == other->changed &&
           one->mode == other->mode && one->links == other->links && one->owner == other->owner &&
           one->group == other->group;
}

START_TEST(any_bytes_come_back)
{
    static char line[EVENT_LINE_MAX];
    /* A time before the Epoch, too. */
    static const struct event_state left = {
        8, 1, ULLONG_MAX, 5000000000ULL, -1, 1795390000000000001, 0100644, 2, 0, 1000};

    srand(1);
    for (int i = 0; i < 2000; i++) {
        char pattern[100], source[300], destination[300], program[100];
        struct event event = {.seconds = 1795390000, .nanoseconds = 500000000, .call = "renameat"};
        const struct record *record;

        put_random(pattern, sizeof pattern);
        put_random(source, sizeof source);
        put_random(destination, sizeof destination);
        put_random(program, sizeof program);
        event.verdict = (enum event_verdict)(i % 3);
        event.rule = EVENT_RULE_PROTECT;
        event.pattern = pattern;
        event.source = source;
        event.destination = destination;
        event.program = program;
        event.pid = i;
        event.unless = i % 5 ? EVENT_RULE_ALLOW_IF_SYMLINK : EVENT_RULE_DEFAULT;
        event.repeated = (unsigned)i % 2;
        event.left = i % 4 ? &left : NULL;
        read_text(line, event_encode(&event, line, sizeof line));
        ck_assert_uint_eq(records.count, 1);
        ck_assert_uint_eq(records.damaged, 0);
        record = records.list;
        ck_assert_int_eq(record->verdict, event.verdict);
        ck_assert_int_eq(strncmp(record->rule, "protect:", 8), 0);
        ck_assert_str_eq(record->rule + 8, pattern);
        ck_assert_str_eq(record->source, source);
        ck_assert_str_eq(record->destination, destination);
        ck_assert_str_eq(record->program, program);
        ck_assert_uint_eq(record->repeated, event.repeated);
        ck_assert_int_eq(record->has_left, i % 4 != 0);
        ck_assert(!record->has_left || is_equal_state(&record->left, &left));
        ck_assert_int_eq(record->kind, EVENT_RULE_PROTECT);
        ck_assert_str_eq(record->pattern, pattern);
        ck_assert_int_eq(record->unless, event.unless);
        records_free(&records);
    }
}
END_TEST

/* ---- what else JSON can say ---- */

static const struct {
    const char *name;
    const char *escaped;
    const char *bytes;
} strings[] = {
    {"short escapes", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
    {"a surrogate pair", "\\ud83d\\ude00", "\xF0\x9F\x98\x80"},
    {"the last character", "\\uDBFF\\uDFFF", "\xF4\x8F\xBF\xBF"},
    {"two bytes", "\\u00e9", "\xC3\xA9"},
    {"three bytes", "\\u2028", "\xE2\x80\xA8"},
    {"a byte that is no UTF-8", "\\udcff\\udc80", "\xFF\x80"},
    {"an escaped start", "{\\\"time\\\":", "{\"time\":"},
};

START_TEST(an_escape_is_understood)
{
    char text[512];

    snprintf(text, sizeof text, GOOD("%s") "\n", strings[_i].escaped);
    read_text(text, strlen(text));
    ck_assert_msg(records.count == 1 && records.damaged == 0, "%s", strings[_i].name);
    ck_assert_str_eq(records.list[0].destination, strings[_i].bytes);
    records_free(&records);
}
END_TEST

/* ---- lines that are no event, or more than one ---- */

static const struct {
    const char *name;
    const char *text;
    size_t count;
    size_t damaged;
} logs[] = {
    {"empty", "", 0, 0},
    {"empty lines", "\n\n", 0, 0},
    {"one", GOOD("/x") "\n", 1, 0},
    {"without its newline", GOOD("/x"), 1, 0},
    {"two on a line", GOOD("/x") GOOD("/y") "\n", 2, 0},
    {"rubbish between", GOOD("/x") "\nrubbish\n" GOOD("/y") "\n", 2, 1},
    {"torn at the end", GOOD("/x") "\n{\"time\":1.5,\"verdict\":\"ref", 1, 1},
    {"torn in a string, another follows", "{\"time\":1.5,\"verdict\":\"ref" GOOD("/y") "\n", 1, 1},
    {"torn behind a backslash, another follows",
     "{\"time\":1.5,\"verdict\":\"refused\",\"rule\":\"\\" GOOD("/y") "\n", 1, 1},
    {"torn in a number, another follows", "{\"time\":1." GOOD("/y") "\n" GOOD("/z"), 2, 1},
    {"a count beyond all numbers",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"repeated\":4294967296}\n",
     0, 1},
    {"a count that is none",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"repeated\":-1}\n",
     0, 1},
    {"a state",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"left\":\"8:1:2:3:4:5:33188:7:8:9\"}\n",
     1, 0},
    {"a state with a number too few",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"left\":\"8:1:2:3:4:5:6:7:8\"}\n",
     0, 1},
    {"a state with a number too many",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"left\":\"8:1:2:3:4:5:6:7:8:9:10\"}\n",
     0, 1},
    {"a state without a number",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"left\":\"8:1:2::4:5:6:7:8:9\"}\n",
     0, 1},
    {"a state with something else",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"left\":\"8:1:2:-3:4:5:6:7:8:9\"}\n",
     0, 1},
    {"an empty state",
     "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"left\":\"\"}\n",
     0, 1},
    {"its front torn off, another follows", "\"pid\":42}" GOOD("/y") "\n", 1, 1},
    {"rubbish behind", GOOD("/x") " \n", 0, 1},
    {"a code that is no character", GOOD("/\\ud800") "\n", 0, 1},
    {"half a pair", GOOD("/\\ud800\\u0041") "\n", 0, 1},
    {"a low surrogate of no byte", GOOD("/\\udd00") "\n", 0, 1},
    {"NUL", GOOD("/\\u0000") "\n", 0, 1},
    {"a raw control character", GOOD("/\t") "\n", 0, 1},
    {"a raw byte", GOOD("/\xFF") "\n", 0, 1},
    {"a cut code", GOOD("/\\u12") "\n", 0, 1},
    {"a bad escape", GOOD("/\\x") "\n", 0, 1},
    {"a field twice",
     "{\"time\":1,\"verdict\":\"refused\",\"verdict\":\"refused\",\"rule\":\"default\",\"call\":"
     "\"r\","
     "\"source\":"
     "\"/a\",\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\"}\n",
     0, 1},
    {"a verdict from nowhere",
     "{\"time\":1,\"verdict\":\"maybe\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\"}\n",
     0, 1},
    {"a rule from nowhere",
     "{\"time\":1,\"verdict\":\"refused\",\"rule\":\"defaults\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\"}\n",
     0, 1},
    {"an exception from nowhere",
     "{\"time\":1,\"verdict\":\"refused\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"unless\":\"allow_if\"}\n",
     0, 1},
    {"no destination",
     "{\"time\":1,\"verdict\":\"refused\",\"rule\":\"default\",\"call\":\"rename\",\"source\":\"/"
     "a\",\"pid\":4,\"program\":\"/m\"}\n",
     0, 1},
    {"a number for a text",
     "{\"time\":1,\"verdict\":\"refused\",\"rule\":5,\"call\":\"rename\",\"source\":\"/a\","
     "\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\"}\n",
     0, 1},
    {"unknown fields",
     "{\"time\":1,\"verdict\":\"refused\",\"new\":\"\\n\",\"rule\":\"default\",\"call\":\"rename\","
     "\"source\":\"/a\",\"n\":-1.5e3,\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"w\":"
     "null}\n",
     1, 0},
};

START_TEST(a_damaged_line_loses_only_itself)
{
    read_text(logs[_i].text, strlen(logs[_i].text));
    ck_assert_msg(records.count == logs[_i].count, "%s: %zu", logs[_i].name, records.count);
    ck_assert_msg(records.damaged == logs[_i].damaged, "%s: %zu damaged", logs[_i].name,
                  records.damaged);
    records_free(&records);
}
END_TEST

/* Whatever is cut off the front event, the one behind it is whole. */
START_TEST(an_event_behind_any_torn_one_is_read)
{
    const char torn[] = GOOD("/\\n\\udcff\\\"{");
    const char whole[] = GOOD("/whole");

    for (size_t length = 1; length < sizeof torn - 1; length++) {
        char text[sizeof torn + sizeof whole];

        memcpy(text, torn, length);
        memcpy(text + length, whole, sizeof whole);
        read_text(text, length + sizeof whole - 1);
        ck_assert_msg(records.count == 1 && records.damaged == 1, "cut at %zu", length);
        ck_assert_str_eq(records.list[0].destination, "/whole");
        records_free(&records);
    }
}
END_TEST

START_TEST(bytes_of_zero_are_damage)
{
    static const char text[] = "\0\0\0\n" GOOD("/x") "\n";

    read_text(text, sizeof text - 1);
    ck_assert_uint_eq(records.count, 1);
    ck_assert_uint_eq(records.damaged, 1);
    records_free(&records);
}
END_TEST

START_TEST(a_long_log_keeps_its_order)
{
    FILE *const file = fopen("log", "w");

    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 50000; i++)
        fprintf(file, GOOD("/d/%d") "\n", i);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(records_read("log", &records), 0);
    ck_assert_uint_eq(records.count, 50000);
    for (int i = 0; i < 50000; i++)
        ck_assert_int_eq(atoi(records.list[i].destination + 3), i);
    records_free(&records);
}
END_TEST

/* ---- logs that are none ---- */

/* More than a 32-bit counter holds, which no library has written. */
START_TEST(repetitions_are_read_to_the_last)
{
    static const char *const numbers[] = {"1", "4294967295"};
    char text[512];

    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text,
                 "{\"time\":1,\"verdict\":\"refused\",\"rule\":\"default\",\"call\":\"rename\","
                 "\"source\":"
                 "\"/a\",\"destination\":\"/b\",\"pid\":4,\"program\":\"/m\",\"repeated\":%s}\n",
                 numbers[i]);
        read_text(text, strlen(text));
        ck_assert_uint_eq(records.count, 1);
        ck_assert_uint_eq(records.list[0].repeated, strtoul(numbers[i], NULL, 10));
        records_free(&records);
    }
}
END_TEST

START_TEST(a_log_that_is_not_there_is_empty)
{
    ck_assert_int_eq(records_read("none", &records), 0);
    ck_assert_uint_eq(records.count, 0);
    records_free(&records);
}
END_TEST

START_TEST(a_directory_is_no_log)
{
    ck_assert_int_eq(records_read(".", &records), -EISDIR);
    ck_assert_int_eq(records_read("/dev/null", &records), -EINVAL);
    ck_assert_uint_eq(records.count, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, any_bytes_come_back);
    tcase_add_loop_test(tcase, an_escape_is_understood, 0, ROWS(strings));
    tcase_add_loop_test(tcase, a_damaged_line_loses_only_itself, 0, ROWS(logs));
    tcase_add_test(tcase, an_event_behind_any_torn_one_is_read);
    tcase_add_test(tcase, bytes_of_zero_are_damage);
    tcase_add_test(tcase, a_long_log_keeps_its_order);
    tcase_add_test(tcase, repetitions_are_read_to_the_last);
    tcase_add_test(tcase, a_log_that_is_not_there_is_empty);
    tcase_add_test(tcase, a_directory_is_no_log);
}

int main(void)
{
    return run_tests("records", add);
}
