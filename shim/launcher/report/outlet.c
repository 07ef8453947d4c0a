/* SPDX-License-Identifier: MIT */
#include "launcher/report/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/path.h"
#include "launcher/kernel.h"
#include "launcher/message.h"
#include "launcher/verify/scope.h"

/* How each event begins. */
static const char log_start[] = "{\"time\":";

static int refuse(const char *what, const char *path, int result)
{
    char reason[256];

    if (result == 0)
        return 0;
    snprintf(reason, sizeof reason, "can't be written: %s; name another file", strerror(-result));
    message_fault(what, path, reason);
    return result;
}

/* Another name in the same directory: another noclobber may be making and writing the file itself. */
static int try_new(const char *path)
{
    char name[PATH_MAX];
    const char *const slash = strrchr(path, '/');
    const int length = slash ? (int)(slash - path) + 1 : 0;
    int fd;

    if (snprintf(name, sizeof name, "%.*s.noclobber.XXXXXX", length, path) >= (int)sizeof name)
        return -ENAMETOOLONG;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    close(fd);
    return unlink(name) == 0 ? 0 : -errno;
}

/* Opening a pipe or a device may have effects. */
static int try_old(const char *path, const struct stat *status)
{
    int fd;

    if (S_ISDIR(status->st_mode))
        return -EISDIR;
    if (!S_ISREG(status->st_mode))
        return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? 0 : -errno;
    fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int try(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0)
        return try_old(path, &status);
    if (errno != ENOENT)
        return -errno;
    if (lstat(path, &status) == 0) /* a dangling link: its directory is another one */
        return 0;
    return try_new(path);
}

int outlet_check(const char *what, const char *path)
{
    return refuse(what, path, try(path));
}

int outlet_is_named(const char *path, const struct policy *policy)
{
    char resolved[PATH_RESOLVED_MAX];

    if (!realpath(path, resolved) &&
        path_resolve(&kernel_sys, AT_FDCWD, path, resolved, sizeof resolved) < 0)
        return 0;
    return scope_names(policy, resolved);
}

static int is_log(const char *path)
{
    char start[sizeof log_start] = "";
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    const ssize_t length = fd < 0 ? 0 : read(fd, start, sizeof log_start - 1);

    if (fd >= 0)
        close(fd);
    return length <= 0 || strcmp(start, log_start) == 0;
}

int outlet_check_log(const char *path, const struct policy *policy)
{
    if (outlet_is_named(path, policy) && !is_log(path)) {
        message_fault("log", path, "is protected, and is not a log; name another file");
        return -EEXIST;
    }
    return outlet_check("log", path);
}

int outlet_check_report(const char *what, const char *path, const struct policy *policy)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && outlet_is_named(path, policy)) {
        message_fault(what, path, "is protected, and would be overwritten; name another file");
        return -EEXIST;
    }
    return outlet_check(what, path);
}
