/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_UTF8_H
#define NOCLOBBER_CORE_UTF8_H

/*
 * UTF-8 as file names have it: mostly valid, never guaranteed.
 * Functions here are pure: async-signal-safe, no allocation, no errno.
 */

/*
 * Decodes the first character of the NUL-terminated `bytes`, which must not be empty, and stores
 * its length in bytes (1 to 4) in `*length`. Returns its code point. A byte that begins no valid
 * sequence (overlong forms, surrogates and values over U+10FFFF are not valid, RFC 3629) is one
 * character of length 1 and code point U+DC00 plus the byte: Python's "surrogateescape" (PEP 383),
 * from which the exact byte can be had back.
 */
unsigned utf8_decode(const char *bytes, unsigned *length);

/* Whether a terminal, a log or an editor would do something else than show the code point that utf8_decode returned: a
 * control character (C0, DEL, C1), the end of a line (U+2028, U+2029), a mark that turns the direction of writing, a byte
 * that is not UTF-8. 1 or 0. */
int utf8_is_unprintable(unsigned code);

#endif
