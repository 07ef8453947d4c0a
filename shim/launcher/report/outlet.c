/* SPDX-License-Identifier: MIT */
#include "launcher/report/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/message.h"

/* Whether a file could be made in the directory of `path`. */
static int check_directory(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    char directory[PATH_MAX];

    if (length >= sizeof directory)
        return -ENAMETOOLONG;
    if (slash && slash[1] == '\0')
        return -EISDIR;
    memcpy(directory, path, length);
    memcpy(directory + length, length == 0 ? "." : "", length == 0 ? 2 : 1);
    return faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0 ? 0 : -errno;
}

static int check(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno == ENOENT ? check_directory(path) : -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? 0 : -errno;
}

int outlet_check(const char *what, const char *path)
{
    char reason[256];
    const int result = check(path);

    if (result == 0)
        return 0;
    snprintf(reason, sizeof reason, "can't be written: %s; name a file that can",
             strerror(-result));
    message_fault(what, path, reason);
    return result;
}
