/* SPDX-License-Identifier: MIT */
#include "core/text.h"

#include <string.h>

#include "core/utf8.h"

void text_begin(struct text *text, char *storage, size_t size)
{
    text->start = storage;
    text->size = size;
    text->length = 0;
    text->overflow = 0;
}

/* noinline: saves code size; and if inlined, gcc -O3 warns (-Wstringop-overflow) about lengths that
 * no caller passes. */
__attribute__((noinline)) void text_put(struct text *text, const char *bytes, size_t length)
{
    const size_t room = text->size - text->length;

    if (length > room) {
        text->overflow = 1;
        length = room;
    }
    memcpy(text->start + text->length, bytes, length);
    text->length += length;
}

void text_puts(struct text *text, const char *string)
{
    text_put(text, string, strlen(string));
}

TEXT_GUARDED void text_put_number(struct text *text, unsigned long long value, unsigned width)
{
    char digits[20];
    unsigned used = 0;

    do {
        digits[sizeof digits - ++used] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (used < width && used < sizeof digits)
        digits[sizeof digits - ++used] = '0';
    text_put(text, digits + sizeof digits - used, used);
}

static void put_escaped(struct text *text, unsigned code)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[] = {
        '\\', 'u', hex[code >> 12 & 15], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15]};

    text_put(text, escape, sizeof escape);
}

void text_put_json(struct text *text, const char *string)
{
    unsigned length;

    for (; *string != '\0'; string += length) {
        const unsigned code = utf8_decode(string, &length);

        if (utf8_is_unprintable(code)) {
            put_escaped(text, code);
        } else {
            if (code == '"' || code == '\\')
                text_put(text, "\\", 1);
            text_put(text, string, length);
        }
    }
}
