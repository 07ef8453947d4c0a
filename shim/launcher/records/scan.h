/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RECORDS_SCAN_H
#define NOCLOBBER_LAUNCHER_RECORDS_SCAN_H

/*
 * The values of a JSON text (RFC 8259) without blanks, one after another. Each function begins at
 * `at` and moves it past the value; it uses nothing from `end` on, but a NUL must follow somewhere.
 * errno is not changed.
 */

struct scan {
    char *at;
    const char *end;
};

/*
 * Reads a string in quotes: decodes it in place and ends it with a NUL. Returns it, or NULL if it
 * is not a string, or has NUL, control characters, invalid UTF-8 or half a surrogate pair in it.
 * U+DC80 to U+DCFF become the byte that they stand for (utf8_decode).
 */
char *scan_string(struct scan *scan);

/* Reads a decimal number of at most UINT_MAX. Returns 0, or -EINVAL. */
int scan_number(struct scan *scan, unsigned long long *number);

/* Skips a string, a number or a word. Returns 0, or -EINVAL. */
int scan_skip(struct scan *scan);

#endif
