/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_ESCAPE_H
#define NOCLOBBER_LAUNCHER_ESCAPE_H

/*
 * File names in other languages. A name may hold any byte; none of these lets through what is unprintable
 * (core/utf8.h). Each writes `string` to `out`.
 */

#include <stdio.h>

/* The inside of a JSON string, which gives the exact bytes back: see text_put_json. */
void escape_json(FILE *out, const char *string);

/* The same for readers that stumble over half a surrogate pair: the letters \udcXX, for a
 * person. */
void escape_json_visibly(FILE *out, const char *string);

/* The message of a workflow command of GitHub Actions. */
void escape_github(FILE *out, const char *string);

/* The value of a property of one: `:` and `,` end it. */
void escape_github_property(FILE *out, const char *string);

/* Text in Markdown, in a cell of a table too, that is no markup, no link and no mention. */
void escape_markdown(FILE *out, const char *string);

/* Words for a person that may quote a name: what is unprintable as \uXXXX, all else as it is. To `out` of `size` bytes,
 * cut if need be, with a NUL. Returns the length. */
size_t escape_words(const char *string, char *out, size_t size);

#endif
