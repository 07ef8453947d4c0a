/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_CORE_TEXT_H
#define NOCLOBBER_CORE_TEXT_H

/*
 * Building a line of text in a buffer of fixed size, without stdio or allocation.
 *
 * A `struct text` writes into storage that the caller owns. What does not fit is dropped and
 * `overflow` is set; nothing is ever written past `size`. The result is not NUL-terminated:
 * `length` says how long it is. Every function here is async-signal-safe, leaves errno alone and
 * returns nothing.
 */

#include <stddef.h>

/* Marks a function that has a buffer on its stack, for gcc's -fstack-protector-explicit; clang
 * needs no mark. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11
#define TEXT_GUARDED __attribute__((stack_protect))
#else
#define TEXT_GUARDED
#endif

struct text {
    char *start;
    size_t size;
    size_t length;
    int overflow;
};

/* Begins an empty text in `storage`, `size` bytes, which must outlive it. */
void text_begin(struct text *text, char *storage, size_t size);

/* Appends `length` bytes unchanged. */
void text_put(struct text *text, const char *bytes, size_t length);

/* Appends a NUL-terminated string unchanged. */
void text_puts(struct text *text, const char *string);

/* Appends `value` in decimal, padded with zeros on the left to at least `width` digits (0: no
 * padding). */
void text_put_number(struct text *text, unsigned long long value, unsigned width);

/*
 * Appends a NUL-terminated string as the inside of a JSON string (RFC 8259). Escapes `"` and `\`;
 * control characters (including DEL and C1) as \u00XX; bytes that are not UTF-8 as \udcXX (see
 * utf8_decode); U+2028 and U+2029, so that no name can begin a new line in any reader; and marks
 * that change the direction of writing, so that a terminal shows each part in its place. One byte
 * becomes at most six.
 */
void text_put_json(struct text *text, const char *string);

/* The most bytes that text_put_json makes of a string of `length` bytes. */
#define TEXT_JSON_MAX(length) (6 * (size_t)(length))

#endif
