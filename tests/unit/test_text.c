/* SPDX-License-Identifier: MIT */
#include "core/text.h"

#include <string.h>

#include "unit/run.h"

static int is_text(const struct text *text, const char *expected)
{
    return text->length == strlen(expected) && memcmp(text->start, expected, text->length) == 0;
}

/* ---- JSON strings ---- */

static const struct {
    const char *name;
    const char *string;
    const char *json;
} strings[] = {
    {"empty", "", ""},
    {"plain", "/srv/dist/a b", "/srv/dist/a b"},
    {"quote and backslash", "a\"b\\c", "a\\\"b\\\\c"},
    {"newline", "a\nb", "a\\u000ab"},
    {"tab, return, escape", "\t\r\033", "\\u0009\\u000d\\u001b"},
    {"lowest control", "\001", "\\u0001"},
    {"highest control", "\037 ", "\\u001f "},
    {"DEL", "\177", "\\u007f"},
    {"C1, first and last", "\xC2\x80\xC2\x9F", "\\u0080\\u009f"},
    {"next line", "\xC2\x85", "\\u0085"},
    {"no-break space is a character", "\xC2\xA0", "\xC2\xA0"},
    {"line and paragraph separator", "\xE2\x80\xA8\xE2\x80\xA9", "\\u2028\\u2029"},
    {"beyond the basic plane", "\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
    {"a byte that is not UTF-8", "a\xFF", "a\\udcff"},
    {"marks of direction", "\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F", "\\u061c\\u200e\\u200f"},
    {"overrides of direction", "\xE2\x80\xAA\xE2\x80\xAE", "\\u202a\\u202e"},
    {"isolates", "\xE2\x81\xA6\xE2\x81\xA9", "\\u2066\\u2069"},
    {"neighbours of all these", "\xE2\x80\x8D\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\xAA",
     "\xE2\x80\x8D\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\xAA"},
    {"a sequence cut off", "\xE2\x80", "\\udce2\\udc80"},
    {"an overlong newline", "\xC0\x8A", "\\udcc0\\udc8a"},
    {"an encoded surrogate", "\xED\xB2\x80", "\\udced\\udcb2\\udc80"},
    {"what looks like an escape", "\\u000a", "\\\\u000a"},
};

START_TEST(a_string_becomes_json)
{
    char storage[128];
    struct text text;

    text_begin(&text, storage, sizeof storage);
    text_put_json(&text, strings[_i].string);
    ck_assert_msg(is_text(&text, strings[_i].json), "%s: %.*s", strings[_i].name, (int)text.length,
                  text.start);
    ck_assert_msg(text.length <= TEXT_JSON_MAX(strlen(strings[_i].string)), "%s: %zu bytes",
                  strings[_i].name, text.length);
    ck_assert_msg(!text.overflow, "%s", strings[_i].name);
}
END_TEST

/* ---- numbers ---- */

static const struct {
    unsigned long long value;
    unsigned width;
    const char *digits;
} numbers[] = {
    {0, 0, "0"},
    {0, 1, "0"},
    {0, 9, "000000000"},
    {7, 3, "007"},
    {42, 2, "42"},
    {42, 1, "42"},
    {1795390000, 0, "1795390000"},
    {18446744073709551615ULL, 0, "18446744073709551615"},
    {1, 20, "00000000000000000001"},
    {1, 4096, "00000000000000000001"},
};

START_TEST(a_number_becomes_digits)
{
    char storage[32];
    struct text text;

    text_begin(&text, storage, sizeof storage);
    text_put_number(&text, numbers[_i].value, numbers[_i].width);
    ck_assert_msg(is_text(&text, numbers[_i].digits), "%s: %.*s", numbers[_i].digits,
                  (int)text.length, text.start);
}
END_TEST

/* ---- room ---- */

START_TEST(what_fits_exactly_does_not_overflow)
{
    char storage[4] = {'.', '.', '.', '.'};
    struct text text;

    text_begin(&text, storage, 3);
    text_puts(&text, "ab");
    text_put(&text, "c", 1);
    text_puts(&text, "");
    ck_assert(is_text(&text, "abc"));
    ck_assert_int_eq(text.overflow, 0);
    ck_assert_int_eq(storage[3], '.');
}
END_TEST

START_TEST(what_does_not_fit_is_dropped_and_told)
{
    char storage[4] = {'.', '.', '.', '.'};
    struct text text;

    text_begin(&text, storage, 3);
    text_puts(&text, "ab");
    text_puts(&text, "cd");
    ck_assert(is_text(&text, "abc"));
    text_put_json(&text, "\n");
    text_put_number(&text, 1, 0);
    ck_assert(is_text(&text, "abc"));
    ck_assert_int_eq(text.overflow, 1);
    ck_assert_int_eq(storage[3], '.');
}
END_TEST

START_TEST(no_room_at_all_is_no_error_for_nothing)
{
    char storage[1] = {'.'};
    struct text text;

    text_begin(&text, storage, 0);
    text_puts(&text, "");
    ck_assert_int_eq(text.overflow, 0);
    text_puts(&text, "a");
    ck_assert_int_eq(text.overflow, 1);
    ck_assert_int_eq(storage[0], '.');
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_string_becomes_json, 0, ROWS(strings));
    tcase_add_loop_test(tcase, a_number_becomes_digits, 0, ROWS(numbers));
    tcase_add_test(tcase, what_fits_exactly_does_not_overflow);
    tcase_add_test(tcase, what_does_not_fit_is_dropped_and_told);
    tcase_add_test(tcase, no_room_at_all_is_no_error_for_nothing);
}

int main(void)
{
    return run_tests("text", add);
}
