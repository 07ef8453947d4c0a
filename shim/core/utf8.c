/* SPDX-License-Identifier: MIT */
#include "core/utf8.h"

static unsigned sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first < 0xE0)
        return 2;
    if ((first & 0xF0) == 0xE0)
        return 3;
    if (first >= 0xF0 && first < 0xF5)
        return 4;
    return 0;
}

static int is_scalar_of_length(unsigned code, unsigned length)
{
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};

    return code >= smallest[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

unsigned utf8_decode(const char *bytes, unsigned *length)
{
    const unsigned char first = (unsigned char)bytes[0];
    const unsigned expected = sequence_length(first);
    unsigned code = expected > 1 ? first & (0x7Fu >> expected) : first;

    *length = 1;
    if (expected == 1)
        return first;
    for (unsigned i = 1; i < expected; i++) {
        const unsigned char next = (unsigned char)bytes[i];

        if ((next & 0xC0) != 0x80)
            return 0xDC00 + first;
        code = code << 6 | (next & 0x3F);
    }
    if (expected == 0 || !is_scalar_of_length(code, expected))
        return 0xDC00 + first;
    *length = expected;
    return code;
}

/* Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9): a terminal
 * shows the text after them in another place. */
static int turns_direction(unsigned code)
{
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

int utf8_is_unprintable(unsigned code)
{
    return turns_direction(code) || code < 0x20 || (code >= 0x7F && code < 0xA0) ||
           code == 0x2028 || code == 0x2029 || (code >= 0xDC80 && code <= 0xDCFF);
}
