/* SPDX-License-Identifier: MIT */
#include "launcher/escape.h"

#include <string.h>

#include "unit/run.h"

static const struct {
    const char *name;
    const char *string;
    const char *words;
} rows[] = {
    {"nothing", "", ""},
    {"words", "can't be read: 'a b'", "can't be read: 'a b'"},
    {"what JSON would escape", "\"a\\b\"", "\"a\\b\""},
    {"other letters", "\xC3\xA9\xE2\x82\xAC", "\xC3\xA9\xE2\x82\xAC"},
    {"the end of a line", "a\nb\r", "a\\u000ab\\u000d"},
    {"C1", "\xC2\x9B", "\\u009b"},
    {"a mark of direction", "\xE2\x80\xAE", "\\u202e"},
    {"bytes that are no text", "\xFF\x80", "\\udcff\\udc80"},
};

START_TEST(what_is_unprintable_is_written_as_a_code)
{
    char out[64];

    ck_assert_uint_eq(escape_words(rows[_i].string, out, sizeof out), strlen(rows[_i].words));
    ck_assert_msg(strcmp(out, rows[_i].words) == 0, "%s: %s", rows[_i].name, out);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
    char out[8] = "xxxxxxx";

    ck_assert_uint_eq(escape_words("abcdefgh", out, 5), 4);
    ck_assert_str_eq(out, "abcd");
    ck_assert_int_eq(out[5], 'x');
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_is_unprintable_is_written_as_a_code, 0, ROWS(rows));
    tcase_add_test(tcase, what_does_not_fit_is_cut);
}

int main(void)
{
    return run_tests("escape", add);
}
