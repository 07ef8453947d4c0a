/* SPDX-License-Identifier: MIT */
#include "launcher/probe/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLANKS " \t"

static ssize_t read_start(const char *path, char *line, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got;

    if (fd == -1)
        return -errno;
    got = read(fd, line, size);
    if (got < 0)
        got = -errno;
    close(fd);
    return got;
}

/* Takes the line behind `#!` apart: a word, and the rest without the blanks around it. */
static int take_apart(char *line, struct script *script)
{
    char *const word = line + strspn(line, BLANKS);
    const size_t length = strcspn(word, BLANKS);
    char *rest = word + length;
    size_t end;

    rest += strspn(rest, BLANKS);
    end = strlen(rest);
    while (end > 0 && strchr(BLANKS, rest[end - 1]) != NULL)
        end--;
    snprintf(script->interpreter, sizeof script->interpreter, "%.*s", (int)length, word);
    snprintf(script->argument, sizeof script->argument, "%.*s", (int)end, rest);
    return length > 0 ? 0 : -ENOEXEC;
}

int script_read(const char *path, struct script *script)
{
    char line[SCRIPT_LINE + 1];
    const ssize_t got = read_start(path, line, SCRIPT_LINE);

    if (got < 0)
        return (int)got;
    line[got] = '\0';
    if (strncmp(line, "#!", 2) == 0) {
        line[strcspn(line, "\n")] = '\0';
        return take_apart(line + 2, script);
    }
    /* A NUL: no text, but perhaps something that binfmt_misc knows and we do not. */
    if (strlen(line) != (size_t)got)
        return -ENOEXEC;
    *script = (struct script){.interpreter = "/bin/sh"};
    return 0;
}

/* Copies the next word of `*rest` to `word`. Returns whether there was one. */
static int next_word(const char **rest, char *word, size_t size)
{
    const char *const start = *rest + strspn(*rest, BLANKS);
    const size_t length = strcspn(start, BLANKS);

    snprintf(word, size, "%.*s", (int)length, start);
    *rest = start + length;
    return length > 0;
}

static int is_any(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return 1;
    return 0;
}

/* The words of `env -S`. Quotes are not looked into: a name in quotes is not found, and that is said. */
static int split(const char *rest, char *out, size_t size)
{
    static const char *const clearing[] = {
        "-", "-i", "--ignore-environment", "-uLD_PRELOAD", "--unset=LD_PRELOAD", NULL};
    static const char *const separate[] = {"-u", "--unset", "-C", "--chdir", NULL};
    char word[SCRIPT_LINE];
    int is_argument = 0;

    while (next_word(&rest, word, sizeof word)) {
        if (is_any(word, clearing) || strncmp(word, "LD_PRELOAD", sizeof "LD_PRELOAD" - 1) == 0)
            return -EPERM;
        if (!is_argument && word[0] != '-' && strchr(word, '=') == NULL) {
            snprintf(out, size, "%s", word);
            return 0;
        }
        is_argument = is_any(word, separate);
    }
    return -ENOENT;
}

int script_env_program(const char *argument, char *out, size_t size)
{
    static const char *const splitting[] = {"-S", "-vS", "--split-string="};

    for (size_t i = 0; i < sizeof splitting / sizeof *splitting; i++)
        if (strncmp(argument, splitting[i], strlen(splitting[i])) == 0)
            return split(argument + strlen(splitting[i]), out, size);
    if (argument[0] == '-')
        return split(argument, out, size); /* `-i`: all the rest is one option */
    snprintf(out, size, "%s", argument);
    return argument[0] != '\0' ? 0 : -ENOENT;
}
