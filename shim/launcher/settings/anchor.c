/* SPDX-License-Identifier: MIT */
#include "launcher/settings/anchor.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/pattern.h"
#include "core/text.h"

/* The walk along the literal components. */
struct walk {
    char path[2 * PATH_MAX]; /* resolved as far as it exists; the root is "" */
    int is_missing;          /* its end does not exist, so nothing below can be resolved */
};

/* The next component of a pattern. */
struct component {
    size_t length; /* as written */
    int is_literal;
    int is_last; /* no '/' follows */
};

static struct component next_component(const char *pattern)
{
    struct component component = {0, 1, 0};
    const char *at = pattern;

    for (; *at != '\0' && *at != '/'; at++) {
        if (strchr("*?[", *at))
            component.is_literal = 0;
        /* "\/" and a backslash at the end are errors, which pattern_fault reports. */
        if (*at == '\\' && (at[1] == '/' || at[1] == '\0'))
            component.is_literal = 0;
        else if (*at == '\\')
            at++;
    }
    component.length = (size_t)(at - pattern);
    component.is_last = *at == '\0';
    return component;
}

/* Whether there is an unescaped ':', which would separate two patterns in the environment. */
static int has_bare_colon(const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == ':')
            return 1;
        if (*pattern == '\\' && *++pattern == '\0')
            return 0;
    }
    return 0;
}

static int is_floating(const char *pattern)
{
    return !strchr(pattern, '/') || strncmp(pattern, "**/", 3) == 0;
}

/* ---- one step of the walk: NULL, or what is wrong ---- */

static const char *step_up(struct walk *walk)
{
    char *const slash = strrchr(walk->path, '/');

    if (walk->is_missing)
        return "'..' follows a directory that does not exist; write the path without it";
    if (slash)
        *slash = '\0';
    return NULL;
}

/* Appends a slash and a component, without its backslashes, to the path. */
static const char *append(struct walk *walk, const char *component, size_t length)
{
    size_t at = strlen(walk->path);

    if (at + length + 2 > sizeof walk->path)
        return "is longer than 4095 bytes";
    walk->path[at++] = '/';
    for (const char *const end = component + length; component < end; component++) {
        component += *component == '\\';
        walk->path[at++] = *component;
    }
    walk->path[at] = '\0';
    return NULL;
}

/* Resolves the path if it exists. */
static const char *resolve(struct walk *walk)
{
    struct stat status;
    char real[PATH_MAX];

    if (walk->is_missing)
        return NULL;
    if (realpath(walk->path, real)) {
        memcpy(walk->path, real, strlen(real) + 1);
        if (walk->path[1] == '\0')
            walk->path[0] = '\0';
        return NULL;
    }
    if (errno != ENOENT && errno != ENOTDIR)
        return errno == EACCES ? "a directory of its path can't be searched; write the real path"
                               : "its path can't be resolved; write the real path";
    if (lstat(walk->path, &status) == 0 && S_ISLNK(status.st_mode))
        return "contains a dangling symbolic link; create its target, or write the real path";
    walk->is_missing = 1;
    return NULL;
}

static const char *take_step(struct walk *walk, const char *at, struct component component)
{
    const int is_up = component.length == 2 && at[0] == '.' && at[1] == '.';
    const char *fault = NULL;

    if (component.length == 0)
        return NULL;
    if (is_up || (component.length == 1 && at[0] == '.')) {
        if (component.is_last)
            return "ends in '.' or '..', which is no destination; write './' or '../' for that "
                   "directory and everything below it";
        return is_up ? step_up(walk) : NULL;
    }
    fault = append(walk, at, component.length);
    return fault || component.is_last ? fault : resolve(walk);
}

/* ---- patterns ---- */

/* Escapes what is special in a pattern, and what pattern_fault takes for a mistake. */
static void put_literal(struct text *text, const char *path)
{
    for (; *path != '\0'; path++) {
        const int is_last = path[1] == '\0';

        if (strchr("*?[\\:", *path) || (unsigned char)*path < ' ' || *path == 0x7F ||
            (is_last && strchr(" '\"", *path)))
            text_put(text, "\\", 1);
        text_put(text, path, 1);
    }
}

/* Walks the literal components; `*rest` is the rest of the pattern, with its slash. */
static const char *walk_literals(struct walk *walk, const char *pattern, const char **rest)
{
    const char *at = pattern;
    const char *fault = NULL;

    for (;;) {
        const struct component component = next_component(at);

        *rest = at;
        if (!component.is_literal)
            return NULL;
        fault = take_step(walk, at, component);
        *rest = at + component.length;
        if (fault || component.is_last)
            return fault;
        at = *rest + 1;
    }
}

static const char *anchor(const char *pattern, const char *directory, struct text *text)
{
    struct walk walk = {"", 0};
    const char *rest;
    const char *fault;

    if (*pattern != '/' && strcmp(directory, "/") != 0)
        memcpy(walk.path, directory, strlen(directory) + 1);
    fault = walk_literals(&walk, pattern, &rest);
    put_literal(text, walk.path);
    /* A tree ends in a slash; the part from the first special character on is kept as written. */
    if (*rest != '\0' || pattern[strlen(pattern) - 1] == '/')
        text_put(text, "/", 1);
    text_puts(text, rest);
    return fault;
}

const char *anchor_fault(const char *value)
{
    const size_t length = strlen(value);

    if (length > 0 && (strchr("'\"", *value) || strchr("'\"", value[length - 1])) &&
        (length == 1 || value[length - 2] != '\\'))
        return "begins or ends with a quote; remove it, or write '\\' before it";
    if (*value == '~' || *value == '$')
        return "'~' and '$' are not expanded here; write the path, or '\\' before them";
    return NULL;
}

int anchor_is_directory(const char *pattern, const char *directory)
{
    struct walk walk = {"", 0};
    struct stat status;
    const char *rest;

    if (*pattern != '/' && strcmp(directory, "/") != 0)
        memcpy(walk.path, directory, strlen(directory) + 1);
    return *pattern != '\0' && pattern[strlen(pattern) - 1] != '/' &&
           !walk_literals(&walk, pattern, &rest) && *rest == '\0' &&
           lstat(walk.path, &status) == 0 && S_ISDIR(status.st_mode);
}

int anchor_pattern(const char *pattern, const char *directory, char *out, size_t size,
                   const char **fault)
{
    struct text text;

    text_begin(&text, out, size - 1);
    *fault = anchor_fault(pattern);
    if (*fault)
        return -EINVAL;
    if (has_bare_colon(pattern))
        *fault = "give one pattern at a time; write a ':' in a name as '\\:'";
    else if (strcmp(pattern, ".") == 0 || strcmp(pattern, "..") == 0)
        *fault =
            "is no destination; write './' or '../' for that directory and everything below it";
    else if (is_floating(pattern))
        text_puts(&text, pattern);
    else
        *fault = anchor(pattern, directory, &text);
    if (!*fault && text.overflow)
        *fault = "is longer than 4095 bytes";
    out[text.length] = '\0';
    if (!*fault)
        *fault = pattern_fault(out, text.length);
    return *fault ? -EINVAL : 0;
}
