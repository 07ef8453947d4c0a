/* SPDX-License-Identifier: MIT */
#include "launcher/message.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "launcher/escape.h"

/* How many bytes of a value are shown. */
#define VALUE_SHOWN 200
/* How many of a path and line number, or an option. */
#define WHERE_SHOWN 4200

static void put_some(struct text *text, const char *bytes, size_t length, size_t limit)
{
    char shown[WHERE_SHOWN + 1];
    const size_t count = length < limit ? length : limit;

    memcpy(shown, bytes, count);
    shown[count] = '\0';
    text_put_json(text, shown);
    if (count < length)
        text_puts(text, "...");
}

void message_fault_part(const char *where, const char *value, size_t length, const char *expected)
{
    char line[TEXT_JSON_MAX(WHERE_SHOWN + VALUE_SHOWN) + 2048];
    struct text text;

    text_begin(&text, line, sizeof line);
    text_puts(&text, "noclobber: ");
    put_some(&text, where, strlen(where), WHERE_SHOWN);
    if (value) {
        text_puts(&text, " '");
        put_some(&text, value, length, VALUE_SHOWN);
        text_puts(&text, "'");
    }
    text_puts(&text, ": ");
    text.length += escape_words(expected, line + text.length, sizeof line - 1 - text.length);
    line[text.length++] = '\n';
    fwrite(line, 1, text.length, stderr);
}

void message_fault(const char *where, const char *value, const char *expected)
{
    message_fault_part(where, value, value ? strlen(value) : 0, expected);
}
