/* SPDX-License-Identifier: MIT */
#include "launcher/escape.h"

#include <string.h>

#include "core/text.h"
#include "core/utf8.h"

/* Writes each character by `put`, which gets its bytes and how text_put_json writes it. */
static void put_each(FILE *out, const char *string, void (*put)(FILE *, const char *, const char *))
{
    unsigned length;

    for (; *string != '\0'; string += length) {
        char bytes[5] = "";
        char json[TEXT_JSON_MAX(4) + 1];
        struct text text;

        utf8_decode(string, &length);
        memcpy(bytes, string, length);
        text_begin(&text, json, sizeof json - 1);
        text_put_json(&text, bytes);
        json[text.length] = '\0';
        put(out, bytes, json);
    }
}

static void put_json(FILE *out, const char *bytes, const char *json)
{
    (void)bytes;
    fputs(json, out);
}

void escape_json(FILE *out, const char *string)
{
    put_each(out, string, put_json);
}

static void put_visibly(FILE *out, const char *bytes, const char *json)
{
    if (strncmp(json, "\\udc", 4) == 0)
        fputc('\\', out);
    put_json(out, bytes, json);
}

void escape_json_visibly(FILE *out, const char *string)
{
    put_each(out, string, put_visibly);
}

/* Characters that text_put_json writes as a code are written so; others as they are. */
static int is_code(const char *json)
{
    return json[0] == '\\' && json[1] == 'u';
}

static void put_github(FILE *out, const char *bytes, const char *json)
{
    if (*bytes == '%' || *bytes == '\r' || *bytes == '\n')
        fprintf(out, "%%%02X", (unsigned)*bytes);
    else
        fputs(is_code(json) ? json : bytes, out);
}

void escape_github(FILE *out, const char *string)
{
    put_each(out, string, put_github);
}

static void put_github_property(FILE *out, const char *bytes, const char *json)
{
    if (*bytes == ':' || *bytes == ',')
        fprintf(out, "%%%02X", (unsigned)*bytes);
    else
        put_github(out, bytes, json);
}

void escape_github_property(FILE *out, const char *string)
{
    put_each(out, string, put_github_property);
}

/* As entities, ASCII characters are never markup, whatever precedes or follows them. */
static void put_markdown(FILE *out, const char *bytes, const char *json)
{
    const int is_markup =
        (unsigned char)*bytes < 0x80 && strspn(bytes, " /.-") == 0 &&
        strpbrk(bytes, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == NULL;

    if (is_code(json))
        fprintf(out, "&#92;%s", json + 1);
    else if (is_markup)
        fprintf(out, "&#%u;", (unsigned)*bytes);
    else
        fputs(bytes, out);
}

void escape_markdown(FILE *out, const char *string)
{
    put_each(out, string, put_markdown);
}

size_t escape_words(const char *string, char *out, size_t size)
{
    struct text text;
    unsigned length;

    text_begin(&text, out, size - 1);
    for (; *string != '\0'; string += length) {
        char bytes[5] = "";

        if (utf8_is_unprintable(utf8_decode(string, &length)))
            text_put_json(&text, memcpy(bytes, string, length));
        else
            text_put(&text, string, length);
    }
    out[text.length] = '\0';
    return text.length;
}
