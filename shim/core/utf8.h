/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_UTF8_H
#define NOCLOBBER_CORE_UTF8_H

/*
 * UTF-8 in file names: usually valid, never guaranteed.
 * Functions here are pure: async-signal-safe, no allocation, no errno.
 */

/*
 * Decodes the first character of the NUL-terminated `bytes`, which must not be empty, and stores
 * its length in bytes (1 to 4) in `*length`. Returns its code point. A byte that begins no valid
 * sequence (RFC 3629: overlong forms, surrogates and values over U+10FFFF are invalid) counts as a
 * character of length 1 with the code point U+DC00 plus the byte: Python's "surrogateescape"
 * (PEP 383), which gives the exact byte back.
 */
unsigned utf8_decode(const char *bytes, unsigned *length);

/* Whether a terminal, a log or an editor would not simply show `code`, a result of utf8_decode: a
 * control character (C0, DEL, C1), a line or paragraph separator (U+2028, U+2029), a mark that
 * changes the direction of writing, or a byte that is not UTF-8. 1 or 0. */
int utf8_is_unprintable(unsigned code);

#endif
