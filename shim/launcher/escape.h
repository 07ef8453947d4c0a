/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_ESCAPE_H
#define NOCLOBBER_LAUNCHER_ESCAPE_H

/*
 * Escaping file names for other formats. A name may hold any byte; none of these functions writes
 * an unprintable character (core/utf8.h). Errors of `out` are left for the caller to check with
 * ferror(3).
 */

#include <stdio.h>

/* Writes the inside of a JSON string, from which text_put_json's rules restore the exact bytes. */
void escape_json(FILE *out, const char *string);

/* As escape_json, for readers that reject a lone surrogate: writes the letters \udcXX instead. */
void escape_json_visibly(FILE *out, const char *string);

/* Writes the message of a workflow command of GitHub Actions. */
void escape_github(FILE *out, const char *string);

/* Writes the value of a property of a workflow command, in which `:` and `,` are special. */
void escape_github_property(FILE *out, const char *string);

/* Writes text for Markdown, also for a table cell, that is never markup, a link or a mention. */
void escape_markdown(FILE *out, const char *string);

/*
 * Copies words that may quote a name: writes what is unprintable as \uXXXX and everything else as
 * it is. `out` has `size` bytes; the result is cut to fit and ends in a NUL. Returns its length.
 */
size_t escape_words(const char *string, char *out, size_t size);

#endif
