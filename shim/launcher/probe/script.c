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

/* Splits the line after `#!`: a word, and the rest without surrounding blanks. */
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
    /* With a NUL it is no text; binfmt_misc may know it, we do not. */
    if (strlen(line) != (size_t)got)
        return -ENOEXEC;
    *script = (struct script){.interpreter = "/bin/sh"};
    return 0;
}

const char *script_env_program(const struct script *script)
{
    const char *const slash = strrchr(script->interpreter, '/');
    const char *const name = script->argument;

    if (strcmp(slash ? slash + 1 : script->interpreter, "env") != 0)
        return NULL;
    return *name == '\0' || *name == '-' || strchr(name, '=') ? NULL : name;
}
