/* SPDX-License-Identifier: MIT */
#include "launcher/forecast.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/path.h"
#include "launcher/filesystem.h"
#include "launcher/message.h"

/* If it can't be read, only the kernel knows. */
static int is_full(const char *path)
{
    DIR *const stream = opendir(path);
    int count = 0;

    while (stream && count < 3 && readdir(stream))
        count++;
    if (stream)
        closedir(stream);
    return count > 2;
}

enum there forecast_look(const char *path, struct stat *facts)
{
    if (lstat(path, facts) < 0)
        return errno == ENOENT || errno == ENOTDIR ? THERE_NOTHING : THERE_UNKNOWN;
    if (S_ISREG(facts->st_mode))
        return THERE_FILE;
    if (S_ISLNK(facts->st_mode))
        return THERE_LINK;
    if (S_ISDIR(facts->st_mode))
        return is_full(path) ? THERE_FULL_DIRECTORY : THERE_DIRECTORY;
    return THERE_OTHER;
}

/* Why nothing can be renamed into a directory: ENOENT, EACCES, EROFS ...; or 0. */
static int check_parent(const char *parent)
{
    if (faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0)
        return 0;
    /* A seccomp filter may answer faccessat2 with this, which glibc calls. */
    if (errno == EPERM && access(parent, W_OK | X_OK) == 0)
        return 0;
    return -errno;
}

/* Onto a free name: exclusive, if the filesystem has a way. */
static struct forecast forecast_free(const struct policy *policy, int is_enforced, enum kind kind,
                                     const char *path, const char *parent)
{
    struct forecast forecast = {.error = check_parent(parent)};
    int offer;

    if (kind == OF_FILE && path_split(path).has_trailing_slash &&
        (forecast.error == 0 || forecast.error == -EACCES))
        forecast.error = -ENOTDIR;
    if (forecast.error < 0 || !is_enforced)
        return forecast;
    offer = filesystem_ask(parent);
    if (offer == FILESYSTEM_EXCLUSIVE || offer == FILESYSTEM_IGNORES || offer < 0)
        return forecast;
    if (policy->fallback == POLICY_FALLBACK_REFUSE ||
        (offer == FILESYSTEM_NEITHER && kind == OF_FILE))
        return (struct forecast){.error = -EOPNOTSUPP, .is_refusal = 1};
    forecast.is_emulated = 1;
    return forecast;
}

/* What the kernel answers for the two kinds, whatever the policy says; or 0. */
static int compare_kinds(const char *path, enum kind kind, enum there there)
{
    if (kind == OF_FILE && path_split(path).has_trailing_slash)
        return -ENOTDIR;
    if (kind == OF_DIRECTORY && there != THERE_DIRECTORY && there != THERE_FULL_DIRECTORY)
        return -ENOTDIR;
    if (kind == OF_FILE && (there == THERE_DIRECTORY || there == THERE_FULL_DIRECTORY))
        return -EISDIR;
    return 0;
}

/* `full` is the error for a directory that is not empty. */
static struct forecast forecast_taken(int is_enforced, int full, enum kind kind, const char *path,
                                      enum there there, const char *parent)
{
    const int denied = check_parent(parent);
    struct forecast forecast = {.error = denied == -EROFS ? denied : 0};

    /* In the kernel's order, which the library follows for renames that would replace nothing. */
    if (forecast.error == 0 && kind == OF_FILE && path_split(path).has_trailing_slash)
        forecast.error = -ENOTDIR;
    if (forecast.error == 0)
        forecast.error = denied;
    if (forecast.error == 0)
        forecast.error = compare_kinds(path, kind, there);
    if (forecast.error == 0 && there == THERE_FULL_DIRECTORY)
        forecast.error = full;
    if (forecast.error == 0 && is_enforced)
        return (struct forecast){.error = -EEXIST, .is_refusal = 1};
    forecast.is_replaced = forecast.error == 0;
    return forecast;
}

struct forecast forecast(const struct policy *policy, const struct policy_decision *decision,
                         enum kind kind, const char *path, enum there there)
{
    const int is_enforced = policy->mode != POLICY_OFF && decision->guard == POLICY_GUARDED &&
                            decision->mode == POLICY_ENFORCE;
    /* With this condition, the kernel looks whether it is empty. */
    const int is_asked = (decision->allow_if & POLICY_ALLOW_IF_EMPTY) != 0;
    const int full = is_enforced && !is_asked ? -EEXIST : -ENOTEMPTY;
    char parent[PATH_MAX] = "";
    struct stat facts;

    if (there == THERE_UNKNOWN && lstat(path, &facts) < 0)
        return (struct forecast){.error = -errno};
    path_take_parent(path, parent, sizeof parent);
    if (*parent == '\0')
        strcpy(parent, ".");
    return there == THERE_NOTHING ? forecast_free(policy, is_enforced, kind, path, parent)
                                  : forecast_taken(is_enforced, full, kind, path, there, parent);
}

/* ---- --audit ---- */

/* More filesystems than a policy names. */
#define SEEN_MAX 16

struct seen {
    dev_t devices[SEEN_MAX];
    size_t count;
};

/* Finds the nearest existing directory above the names that the pattern matches. */
static void take_directory(const char *pattern, char out[PATH_MAX], struct stat *facts)
{
    char *slash;

    snprintf(out, PATH_MAX, "%.*s", (int)strcspn(pattern, "*?[\\"), pattern);
    while ((slash = strrchr(out, '/'))) {
        slash[slash == out] = '\0';
        if (stat(out, facts) == 0 || slash == out)
            return;
    }
}

static int is_new(struct seen *seen, dev_t device)
{
    for (size_t i = 0; i < seen->count; i++)
        if (seen->devices[i] == device)
            return 0;
    if (seen->count < SEEN_MAX)
        seen->devices[seen->count++] = device;
    return 1;
}

static void warn_of(const struct policy *policy, const char *pattern, struct seen *seen)
{
    char directory[PATH_MAX] = ".";
    struct stat facts = {0};
    int offer;

    if (*pattern == '/')
        take_directory(pattern, directory, &facts);
    else if (stat(directory, &facts) < 0)
        return;
    if (!is_new(seen, facts.st_dev))
        return;
    offer = filesystem_ask(directory);
    if (offer == FILESYSTEM_NEITHER ||
        (offer == FILESYSTEM_LINKS && policy->fallback == POLICY_FALLBACK_REFUSE))
        message_fault(
            directory, NULL,
            "is on a filesystem without exclusive rename: without --audit, every rename of "
            "a file to a protected name there would be refused (EOPNOTSUPP)");
}

void forecast_warn(const struct policy *policy)
{
    const char *pattern = policy->protect.first;
    struct seen seen = {{0}, 0};

    if (policy->mode != POLICY_AUDIT)
        return;
    if (policy->protect.count == 0)
        warn_of(policy, "", &seen);
    for (size_t i = 0; i < policy->protect.count; i++, pattern += strlen(pattern) + 1)
        warn_of(policy, pattern, &seen);
}
