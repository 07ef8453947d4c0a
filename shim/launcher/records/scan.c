/* SPDX-License-Identifier: MIT */
#include "launcher/records/scan.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/utf8.h"

/* ---- strings ---- */

/* Four hexadecimal digits at `scan->at`, or -1. */
static int read_hex(struct scan *scan)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    int code = 0;

    if (scan->end - scan->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char *const digit = *scan->at != '\0' ? strchr(digits, *scan->at) : NULL;

        if (!digit)
            return -1;
        code = code << 4 | (int)((digit - digits) & 15);
        scan->at++;
    }
    return code;
}

/*
 * Writes `code` as UTF-8, or as the byte that U+DC80 to U+DCFF stand for. Returns NULL for other
 * surrogates and NUL, which no file name contains.
 */
static char *put_code(char *out, int code)
{
    if (code == 0 || (code >= 0xD800 && code < 0xDC80) || (code > 0xDCFF && code < 0xE000))
        return NULL;
    if (code < 0x80 || (code >= 0xDC80 && code <= 0xDCFF)) {
        *out++ = (char)(code & 0xFF);
        return out;
    }
    if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
    }
    *out++ = (char)(0x80 | (code & 0x3F));
    return out;
}

/* Reads what follows `\u`: one code, or the two of a surrogate pair. */
static int read_code(struct scan *scan)
{
    const int high = read_hex(scan);
    int low;

    if (high < 0xD800 || high > 0xDBFF)
        return high;
    if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return -1;
    scan->at += 2;
    low = read_hex(scan);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

static char *read_escape(struct scan *scan, char *out)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *name;
    int code;

    if (scan->end - scan->at < 2 || scan->at[1] == '\0')
        return NULL;
    name = strchr(names, scan->at[1]);
    if (!name && scan->at[1] != 'u')
        return NULL;
    scan->at += 2;
    if (name) {
        *out = meanings[name - names];
        return out + 1;
    }
    code = read_code(scan);
    return code < 0 ? NULL : put_code(out, code);
}

static char *read_plain(struct scan *scan, char *out)
{
    unsigned length;
    const unsigned code = utf8_decode(scan->at, &length);

    if (code < 0x20 || (code & ~0xFFu) == 0xDC00 || length > (size_t)(scan->end - scan->at))
        return NULL;
    memmove(out, scan->at, length);
    scan->at += length;
    return out + length;
}

char *scan_string(struct scan *scan)
{
    char *start = scan->at;
    char *out = start;

    if (scan->at == scan->end || *scan->at++ != '"')
        return NULL;
    while (scan->at < scan->end && *scan->at != '"') {
        out = *scan->at == '\\' ? read_escape(scan, out) : read_plain(scan, out);
        if (!out)
            return NULL;
    }
    if (scan->at == scan->end)
        return NULL;
    scan->at++;
    *out = '\0';
    return start;
}

/* ---- numbers ---- */

int scan_number(struct scan *scan, unsigned long long *number)
{
    const char *const start = scan->at;

    for (*number = 0; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++) {
        *number = *number * 10 + (unsigned long long)(*scan->at - '0');
        if (*number > UINT_MAX)
            return -EINVAL;
    }
    return scan->at == start ? -EINVAL : 0;
}

int scan_skip(struct scan *scan)
{
    if (scan->at < scan->end && *scan->at == '"')
        return scan_string(scan) ? 0 : -EINVAL;
    if (scan->at == scan->end || strchr(",}", *scan->at))
        return -EINVAL;
    while (scan->at < scan->end && *scan->at != '\0' &&
           strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *scan->at))
        scan->at++;
    return 0;
}
