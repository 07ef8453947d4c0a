/* SPDX-License-Identifier: MIT */
#include "launcher/settings/policy_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/message.h"

/* Larger than any policy that fits in an environment, with comments. */
#define FILE_MAX ((size_t)1024 * 1024)

/* What some editors write before UTF-8 text. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Reads the whole file and appends a NUL. The caller frees it; NULL with errno on failure. */
static char *load(const char *path, size_t *length)
{
    FILE *const file = fopen(path, "re");
    char *content = file ? malloc(FILE_MAX + 2) : NULL;
    int error = errno;

    if (content) {
        *length = fread(content, 1, FILE_MAX + 1, file);
        error = ferror(file) ? errno : *length > FILE_MAX ? EFBIG : 0;
        content[*length] = '\0';
    }
    if (content && error != 0) {
        free(content);
        content = NULL;
    }
    if (file)
        fclose(file);
    errno = error;
    return content;
}

static int is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* Removes the blanks at both ends, but not an escaped one. Escapes stay. */
static char *trim(char *string)
{
    size_t kept = 0;
    size_t at = 0;

    while (is_blank(*string))
        string++;
    while (string[at] != '\0') {
        const int is_escaped =
            string[at] == '\\' && string[at + 1] != '\0' && string[at + 1] != '\r';
        const int counts = !is_blank(string[at]);

        at += 1U + (unsigned)is_escaped;
        if (counts)
            kept = at;
    }
    string[kept] = '\0';
    return string;
}

/* Splits a trimmed line, in place. */
static void split(char *text, struct policy_line *line)
{
    char *value = text + strcspn(text, " \t=");
    const int has_value = *value != '\0';
    int has_sign = *value == '=';

    line->name = text;
    if (has_value)
        *value++ = '\0';
    while (is_blank(*value) || (*value == '=' && !has_sign))
        has_sign |= *value++ == '=';
    line->value = has_value ? value : NULL;
}

/* Whether a '#' follows a blank. */
static int has_comment(const char *text)
{
    for (; *text != '\0'; text++)
        if (is_blank(text[0]) && text[1] == '#')
            return 1;
    return 0;
}

/* One line of the file, without its newline. */
static int take_line(char *text, const char *where,
                     int (*take)(const struct policy_line *line, void *context), void *context)
{
    struct policy_line line = {where, NULL, NULL};

    text = trim(text);
    if (*text == '\0' || *text == '#')
        return 0;
    /* Otherwise it would become part of a pattern, which then guards nothing. */
    if (has_comment(text)) {
        message_fault(where, text, "put the comment on its own line; write a literal '#' as '\\#'");
        return -EINVAL;
    }
    split(text, &line);
    return take(&line, context);
}

static int take_lines(char *content, const char *path,
                      int (*take)(const struct policy_line *line, void *context), void *context)
{
    char where[PATH_MAX + 32];
    int result = 0;

    if (strncmp(content, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        content += strlen(BYTE_ORDER_MARK);
    for (unsigned number = 1; content && result == 0; number++) {
        char *const newline = strchr(content, '\n');

        if (newline)
            *newline = '\0';
        snprintf(where, sizeof where, "%s:%u", path, number);
        result = take_line(content, where, take, context);
        content = newline ? newline + 1 : NULL;
    }
    return result;
}

/* Reports the line of the NUL. */
static int refuse_binary(const char *content, const char *path)
{
    const char *const end = content + strlen(content);
    char where[PATH_MAX + 32];
    unsigned number = 1;

    for (; content < end; content++)
        number += *content == '\n';
    snprintf(where, sizeof where, "%s:%u", path, number);
    message_fault(where, NULL,
                  "contains a NUL byte; a policy file is text with one setting per line");
    return -EINVAL;
}

int policy_file_read(const char *path, int (*take)(const struct policy_line *line, void *context),
                     void *context)
{
    size_t length = 0;
    char *const content = load(path, &length);
    int result;

    if (!content) {
        result = -errno;
        if (result != -ENOMEM)
            message_fault("--policy", path,
                          result == -EFBIG ? "is longer than 1 MiB; a policy is a few lines"
                                           : strerror(-result));
        return result;
    }
    if (strlen(content) != length)
        result = refuse_binary(content, path);
    else
        result = take_lines(content, path, take, context);
    free(content);
    return result;
}
