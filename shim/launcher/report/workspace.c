/* SPDX-License-Identifier: MIT */
#include "launcher/report/formats.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char *workspace_relative(const char *variable, const char *path)
{
    const char *const value = getenv(variable);
    char directory[PATH_MAX];
    size_t length;

    if (!value || *value != '/' || !realpath(value, directory))
        return path;
    length = strlen(directory);
    if (strncmp(path, directory, length) != 0 || path[length] != '/' || path[length + 1] == '\0')
        return path;
    return path + length + 1;
}
