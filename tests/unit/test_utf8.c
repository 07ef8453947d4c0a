/* SPDX-License-Identifier: MIT */
#include "core/utf8.h"

#include "unit/run.h"

static const struct {
    const char *name;
    const char *bytes;
    unsigned code;
    unsigned length;
} rows[] = {
    {"ascii", "a", 'a', 1},
    {"newline", "\n", '\n', 1},
    {"DEL", "\x7F", 0x7F, 1},
    {"first of two bytes", "\xC2\x80", 0x80, 2},
    {"e acute", "\xC3\xA9z", 0xE9, 2},
    {"last of two bytes", "\xDF\xBF", 0x7FF, 2},
    {"first of three bytes", "\xE0\xA0\x80", 0x800, 3},
    {"line separator", "\xE2\x80\xA8", 0x2028, 3},
    {"last before the surrogates", "\xED\x9F\xBF", 0xD7FF, 3},
    {"first behind the surrogates", "\xEE\x80\x80", 0xE000, 3},
    {"last of three bytes", "\xEF\xBF\xBF", 0xFFFF, 3},
    {"first of four bytes", "\xF0\x90\x80\x80", 0x10000, 4},
    {"last of all", "\xF4\x8F\xBF\xBF", 0x10FFFF, 4},
    {"beyond the last", "\xF4\x90\x80\x80", 0xDCF4, 1},
    {"first byte that never is one", "\xF5\x80\x80\x80", 0xDCF5, 1},
    {"FF", "\xFF", 0xDCFF, 1},
    {"a continuation alone", "\x80", 0xDC80, 1},
    {"last continuation alone", "\xBF\xBF", 0xDCBF, 1},
    {"overlong slash in two", "\xC0\xAF", 0xDCC0, 1},
    {"overlong C1", "\xC1\xBF", 0xDCC1, 1},
    {"overlong in three", "\xE0\x9F\xBF", 0xDCE0, 1},
    {"overlong in four", "\xF0\x8F\xBF\xBF", 0xDCF0, 1},
    {"first surrogate", "\xED\xA0\x80", 0xDCED, 1},
    {"the surrogate that an escape would be", "\xED\xB2\x80", 0xDCED, 1},
    {"last surrogate", "\xED\xBF\xBF", 0xDCED, 1},
    {"two cut off by the end", "\xC3", 0xDCC3, 1},
    {"three cut off after two", "\xE2\x80", 0xDCE2, 1},
    {"four cut off after three", "\xF0\x9F\x98", 0xDCF0, 1},
    {"two cut off by a letter", "\xC3z", 0xDCC3, 1},
    {"three cut off by another beginning", "\xE2\x80\xC3", 0xDCE2, 1},
};

START_TEST(a_character_decodes)
{
    unsigned length = 0;
    const unsigned code = utf8_decode(rows[_i].bytes, &length);

    ck_assert_msg(code == rows[_i].code, "%s: code %x", rows[_i].name, code);
    ck_assert_msg(length == rows[_i].length, "%s: length %u", rows[_i].name, length);
}
END_TEST

static unsigned encode(unsigned code, char out[5])
{
    unsigned length = 0;

    if (code < 0x80) {
        out[length++] = (char)code;
    } else if (code < 0x800) {
        out[length++] = (char)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        out[length++] = (char)(0xE0 | code >> 12);
        out[length++] = (char)(0x80 | (code >> 6 & 0x3F));
    } else {
        out[length++] = (char)(0xF0 | code >> 18);
        out[length++] = (char)(0x80 | (code >> 12 & 0x3F));
        out[length++] = (char)(0x80 | (code >> 6 & 0x3F));
    }
    if (code >= 0x80)
        out[length++] = (char)(0x80 | (code & 0x3F));
    out[length] = '\0';
    return length;
}

START_TEST(every_scalar_decodes_to_itself)
{
    for (unsigned code = 1; code <= 0x10FFFF; code++) {
        char bytes[5];
        unsigned length;
        const unsigned expected = encode(code, bytes);

        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        if (utf8_decode(bytes, &length) != code || length != expected)
            ck_abort_msg("U+%04X", code);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_character_decodes, 0, ROWS(rows));
    tcase_add_test(tcase, every_scalar_decodes_to_itself);
}

int main(void)
{
    return run_tests("utf8", add);
}
