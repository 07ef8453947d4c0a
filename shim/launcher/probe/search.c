/* SPDX-License-Identifier: MIT */
#include "launcher/probe/search.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int search_check(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EACCES;
    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
        return 0;
    /* Old container profiles answer faccessat2 with this; glibc falls back only for ENOSYS. */
    if (errno == EPERM)
        return access(path, X_OK) == 0 ? 0 : -errno;
    return -errno;
}

/* As in glibc's execvp: after these errors the search goes on. */
static int is_worth_another(int result)
{
    return result == -ENOENT || result == -ENOTDIR || result == -ESTALE || result == -ENODEV ||
           result == -ETIMEDOUT || result == -EACCES || result == -ENAMETOOLONG;
}

static int try_entry(const char *entry, size_t length, const char *name, char *out, size_t size)
{
    const int needed = snprintf(out, size, "%.*s/%s", length == 0 ? 1 : (int)length,
                                length == 0 ? "." : entry, name);

    if (needed < 0 || (size_t)needed >= size)
        return -ENAMETOOLONG;
    return search_check(out);
}

static int search_path(const char *path, const char *name, char *out, size_t size)
{
    char candidate[4096];
    int result = -ENOENT;
    int refused = 0;

    for (;; path++) {
        const size_t length = strcspn(path, ":");

        result = try_entry(path, length, name, candidate, sizeof candidate);
        if (result == 0 || (result == -EACCES && !refused))
            snprintf(out, size, "%s", candidate);
        if (!is_worth_another(result))
            return result;
        refused |= result == -EACCES;
        path += length;
        if (*path == '\0')
            return refused ? -EACCES : -ENOENT;
    }
}

int search_program(const char *name, char *out, size_t size)
{
    const char *const path = getenv("PATH");
    const int length = snprintf(out, size, "%s", name);

    if (*name == '\0')
        return -ENOENT;
    if (length < 0 || (size_t)length >= size)
        return -ENAMETOOLONG;
    if (strchr(name, '/') != NULL)
        return search_check(name);
    return search_path(path != NULL ? path : "/bin:/usr/bin", name, out, size);
}
