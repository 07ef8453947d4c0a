/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RECORDS_SCAN_H
#define NOCLOBBER_LAUNCHER_RECORDS_SCAN_H

/*
 * The values of a JSON text (RFC 8259) without blanks, one after another. Each function begins at
 * `at` and moves it behind the value; nothing at or behind `end` is used, but a NUL must follow
 * somewhere. Pure; errno is left alone.
 */

struct scan {
    char *at;
    const char *end;
};

/*
 * A string in quotes: decoded in place (it never grows) and NUL-terminated; or NULL if it
 * is not one, or holds what is in no file name or event: NUL, raw control characters, bytes that
 * are not UTF-8, half a surrogate pair. U+DC80 to U+DCFF become the byte that they stand for
 * (utf8_decode).
 */
char *scan_string(struct scan *scan);

/* A decimal number of at most UINT_MAX, as the library counts. Returns 0, or -EINVAL. */
int scan_number(struct scan *scan, unsigned long *number);

/* Skips a value: a string, a number, or a word. Returns 0, or -EINVAL. */
int scan_skip(struct scan *scan);

#endif
